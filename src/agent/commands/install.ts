import { isSea } from 'node:sea';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { mountOf } from '../files/mount-of.ts';
import { explainInstallError } from '../install/explain-install-error.ts';
import { installFile } from '../install/install-file.ts';

/** What was done, and what may be in the way of using it. */
export interface InstallReport {
  /** One line, or a line of JSON. */
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Leads to the bytes that run, even where their file has been replaced or removed. */
const ownFile = '/proc/self/exe';

/**
 * `install DIR`: copies this executable to `DIR/attune-agent`. The sealed file needs no other program for it.
 * @throws AttuneError `invalid_arguments`, `not_sealed`, `install_failed`, `copy_differs`
 */
export function installCommand(argv: readonly string[]): InstallReport {
  const { folder, mode, json } = readInstallArguments(argv);
  if (!isSea()) throw notSealed();
  const target = join(folder, 'attune-agent');
  try {
    const installed = installFile({ source: ownFile, target, mode });
    const warnings = warningsOf(folder);
    const facts = { path: target, ...installed, mode: `0${mode.toString(8)}` };
    return { text: json ? JSON.stringify({ ...facts, warnings }) : describe(facts), warnings };
  } catch (error) {
    throw explainInstallError(folder, error);
  }
}

export interface InstallArguments {
  /** Absolute. */
  readonly folder: string;
  readonly mode: number;
  readonly json: boolean;
}

/** @throws AttuneError `invalid_arguments` */
export function readInstallArguments(argv: readonly string[]): InstallArguments {
  const { values, positionals } = parse(argv);
  const [folder, ...more] = positionals;
  if (folder === undefined || folder === '' || more.length > 0)
    throw wrongUse('install needs one folder, like: attune-agent install /opt/attune/agent');
  if (!/^0?[0-7]{3}$/.test(values.mode)) throw wrongUse('--mode must be permission bits like 0755');
  return { folder: resolve(folder), mode: Number.parseInt(values.mode, 8), json: values.json };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { mode: { type: 'string', default: '0755' }, json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw wrongUse(describeError(error), error);
  }
}

function wrongUse(message: string, cause?: unknown): AttuneError {
  return new AttuneError('invalid_arguments', `${message}. See attune-agent --help`, { cause });
}

function notSealed(): AttuneError {
  return new AttuneError(
    'not_sealed',
    'Only the sealed file can install itself, and this agent runs from its sources: npm run build makes dist/attune-agent',
  );
}

function warningsOf(folder: string): string[] {
  const mount = mountOf(folder);
  if (mount?.options.has('noexec') !== true) return [];
  return [
    `${folder} is mounted noexec (at ${mount.point}): nothing starts from there. Mount it without noexec where the agent is to run`,
  ];
}

interface Facts {
  readonly path: string;
  readonly changed: boolean;
  readonly bytes: number;
  readonly sha256: string;
  readonly mode: string;
}

function describe({ path, changed, bytes, sha256, mode }: Facts): string {
  const done = changed ? 'installed' : 'unchanged, the same bytes were there:';
  return `${done} ${path} (${bytes} bytes, mode ${mode}, sha256 ${sha256})`;
}
