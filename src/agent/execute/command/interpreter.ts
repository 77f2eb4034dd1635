import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { compare } from 'semver';
import type { DetectedRuntime } from '../../../contract/capability.ts';
import { inVersionRange } from '../../../contract/version-range.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { usualPath } from '../../detect/environment.ts';

/** What an action asks for. */
export interface Wanted {
  /** The action's ref, for messages. */
  readonly action: string;
  /** Canonical name. */
  readonly runtime: string;
  readonly range: string | undefined;
}

/**
 * Chooses among the runtimes that this worker advertises: its default where the action names no range, else the highest
 * version in the range.
 * @throws AttuneError `runtime_missing`, `runtime_version_missing`
 */
export function chooseRuntime(detected: readonly DetectedRuntime[], wanted: Wanted): DetectedRuntime {
  const offered = detected.filter(({ name }) => name === wanted.runtime);
  const [first] = offered;
  if (first === undefined) {
    throw new AttuneError(
      'runtime_missing',
      `${wanted.action} needs ${wanted.runtime}, which this worker does not have; it has ${listRuntimes(detected)}`,
    );
  }
  const { range } = wanted;
  if (range === undefined || inVersionRange(undefined, range)) return first;
  const best = offered
    .filter(({ version }) => inVersionRange(version, range))
    .toSorted((a, b) => compare(b.version ?? '', a.version ?? ''))[0];
  if (best !== undefined) return best;
  throw new AttuneError(
    'runtime_version_missing',
    `${wanted.action} needs ${wanted.runtime} ${range}; this worker has ${listRuntimes(offered)}`,
  );
}

function listRuntimes(runtimes: readonly DetectedRuntime[]): string {
  const names = runtimes.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`));
  return names.join(', ') || 'none';
}

/**
 * The absolute path of an interpreter that is known by name only.
 * @throws AttuneError `interpreter_missing`
 */
export async function findInterpreter(binary: string, path: string | undefined): Promise<string> {
  const folders = (path === undefined || path === '' ? usualPath : path).split(':').filter(isAbsolute);
  const places = isAbsolute(binary) ? [binary] : folders.map((folder) => join(folder, binary));
  const executable = await Promise.all(places.map(isExecutable));
  const found = places.find((_, index) => executable[index]);
  if (found !== undefined) return found;
  const where = isAbsolute(binary) ? 'there' : `on the PATH (${folders.join(':')})`;
  throw new AttuneError('interpreter_missing', `The interpreter ${binary} is not ${where} of this container`);
}

/** Whether this user may run the file. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
