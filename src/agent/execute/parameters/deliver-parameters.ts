import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ParameterDelivery, ParameterFormat } from '../../../contract/action.ts';
import type { JsonObject } from '../../../contract/parameter-schema.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import type { JobUser } from '../../host/confinement.ts';
import { parameterVariables } from './parameter-variables.ts';
import { renderParameters } from './render-parameters.ts';

export interface ParametersToDeliver {
  readonly delivery: ParameterDelivery;
  readonly format: ParameterFormat;
  readonly parameters: JsonObject;
  /** Names of the parameters that never become variables. */
  readonly secrets: readonly string[];
  /** Where private files may be made, for the delivery by file. Made when it is missing. */
  readonly temporaryDirectory: string;
  /** Who is to read a file; `undefined`: our own user. */
  readonly reader: JobUser | undefined;
}

/** What the process gets. */
export interface DeliveredParameters {
  readonly stdin: Uint8Array;
  /** Without `ATTUNE_PARAMETER_DELIVERY` and `ATTUNE_PARAMETER_FORMAT`, which are the caller's. */
  readonly environment: Readonly<Record<string, string>>;
  /** The private folder of the parameter file, where there is one: to be removed with `removeParameters`. */
  readonly folder: string | null;
}

/**
 * Makes the parameters ready for a process. By `env`, secret parameters do not become variables; if there are any, a document of
 * them alone comes on stdin.
 * @throws AttuneError `undeliverable_parameters`
 */
export async function deliverParameters(wanted: ParametersToDeliver): Promise<DeliveredParameters> {
  return deliveries[wanted.delivery](wanted);
}

/** Takes back what was delivered by file. Never rejects. */
export async function removeParameters(folder: string | null): Promise<void> {
  if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

type Deliver = (wanted: ParametersToDeliver) => DeliveredParameters | Promise<DeliveredParameters>;

const deliveries: Record<ParameterDelivery, Deliver> = {
  stdin: ({ parameters, format }) => withoutFile(renderParameters(parameters, format), {}),
  env: deliverVariables,
  file: deliverFile,
};

function deliverVariables({ parameters, format, secrets }: ParametersToDeliver): DeliveredParameters {
  const { secret = [], open = [] } = Object.groupBy(Object.entries(parameters), ([name]) =>
    secrets.includes(name) ? 'secret' : 'open',
  );
  const document = secret.length === 0 ? '' : renderParameters(Object.fromEntries(secret), format);
  return withoutFile(document, parameterVariables(Object.fromEntries(open)));
}

function withoutFile(document: string, environment: Record<string, string>): DeliveredParameters {
  return { stdin: Buffer.from(document), environment, folder: null };
}

async function deliverFile(wanted: ParametersToDeliver): Promise<DeliveredParameters> {
  const document = renderParameters(wanted.parameters, wanted.format);
  try {
    const directory = await makePrivateDirectory(wanted.temporaryDirectory);
    const file = join(directory, `parameters.${extensions[wanted.format]}`);
    await writePrivateFile(file, document, wanted.reader).catch(async (error: unknown) => {
      await removeParameters(directory);
      throw error;
    });
    return { stdin: new Uint8Array(), environment: { ATTUNE_PARAMETER_FILE: file }, folder: directory };
  } catch (error) {
    throw new AttuneError(
      'undeliverable_parameters',
      `The parameter file can't be written below ${wanted.temporaryDirectory}: ${describeError(error)}`,
      { cause: error },
    );
  }
}

async function makePrivateDirectory(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, 'attune-parameters-'));
}

/** The folder stays ours, so that we can remove it: its reader may pass, nobody else can list or change it. */
async function writePrivateFile(path: string, text: string, reader: JobUser | undefined): Promise<void> {
  await writeFile(path, text, { mode: 0o400, flag: 'wx' });
  if (reader === undefined) return;
  await chown(path, reader.uid, reader.gid);
  await chmod(dirname(path), 0o711);
}

const extensions = { json: 'json', yaml: 'yaml', dotenv: 'env' } as const;
