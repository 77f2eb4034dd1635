import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import { parse } from 'yaml';
import type { Outcome } from '../../contract/outcome.ts';
import { jsonObject, type JsonObject } from '../../contract/parameter-schema.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { statusOfExecution } from '../../shared/execution-status.ts';
import { agentSettings } from '../settings.ts';
import { readArguments } from '../start/arguments.ts';
import { assign } from '../try/assign.ts';
import { findAction, openPack } from '../../packs/open-pack.ts';
import { showLog } from '../try/show-log.ts';
import { withEngine, type LocalSurroundings } from '../try/with-engine.ts';

/** What trying needs of the process. */
export interface TrySurroundings extends LocalSurroundings {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/**
 * `try PACK [ACTION]`: runs one action of a pack's folder here, as a worker would.
 * @returns the exit code that stands for its end
 * @throws AttuneError `invalid_arguments`, `invalid_configuration`, `invalid_pack`, `invalid_parameters`, `unknown_action`
 */
export async function tryCommand(argv: readonly string[], surroundings: TrySurroundings): Promise<number> {
  const { words, own, json, ...sources } = readArguments(argv, agentSettings, shape);
  const [folder, name, ...more] = words;
  if (folder === undefined || more.length > 0)
    throw new AttuneError(
      'invalid_arguments',
      'try needs a pack and an action, like: attune-agent try ./packs/core echo',
    );
  const pack = await openPack(folder);
  const action = findAction(pack, name);
  const assignment = assign(pack, action, await readParameters(own['parameters'], surroundings.input));
  const { output, errors } = surroundings;
  const log = showLog({ stdout: json ? errors : output, stderr: errors });
  const outcome = await withEngine(pack, { ...surroundings, ...sources }, (engine) => {
    for (const reader of [output, errors]) reader.once('error', () => engine.stop());
    return engine.run(assignment, log);
  });
  if (json) output.write(`${JSON.stringify({ action: action.ref, ...outcome }, null, 2)}\n`);
  else errors.write(`${action.ref} ${describe(outcome)}\n`);
  const { state, result } = outcome;
  return statusOfExecution({ state, exitCode: result.exit_code, signal: result.signal });
}

const shape = { words: true, options: ['parameters'] };

/** `{"a": 1}`, `@file` with JSON or YAML, or `-` for standard input. */
async function readParameters(given: string | undefined, input: Readable): Promise<JsonObject> {
  if (given === undefined) return {};
  try {
    const document =
      given === '-'
        ? await text(input)
        : given.startsWith('@')
          ? await readFile(given.slice(1), 'utf8')
          : given;
    // YAML holds all of JSON, so one parser reads both.
    return jsonObject.parse(parse(document) ?? {});
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'ZodError' ? 'it is no object' : describeError(error);
    throw new AttuneError('invalid_arguments', `--parameters must be JSON, @file or -: ${reason}`, {
      cause: error,
    });
  }
}

/** `completed after 31 ms (exit code 0)` */
function describe({ state, result }: Outcome): string {
  const { exit_code: code, signal, error } = result;
  const how = signal === null ? (code === null ? [] : [`exit code ${code}`]) : [`signal ${signal}`];
  // An exit code says it all: the log stands above it.
  const why = error === null || error.code === 'nonzero_exit' ? [] : [error.message];
  const reasons = [...how, ...why];
  return `${state} after ${result.duration_ms} ms${reasons.length === 0 ? '' : ` (${reasons.join(': ')})`}`;
}
