import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Configuration } from '../../../shared/config/setting.ts';
import { describeError } from '../../../shared/errors.ts';
import { mountOf } from '../../files/mount-of.ts';
import { packsCacheDirectory } from '../../packs/cache-directory.ts';
import type { agentSettings } from '../../settings.ts';
import { failure, ok, warning, type Check, type Verdict } from '../finding.ts';

type Folders = Pick<
  Configuration<typeof agentSettings>,
  | 'packsDirectory'
  | 'artifactsDirectory'
  | 'runtimeEnvironmentsDirectory'
  | 'packsCacheDirectory'
  | 'spoolDirectory'
  | 'temporaryDirectory'
>;

/** The folders that an agent reads, and those that it writes. */
export function folderChecks(folders: Folders): Check[] {
  const written = [
    ['temp', folders.temporaryDirectory, 'ATTUNE_WORKER_TMP_DIR', "parameters can't be delivered as files"],
    [
      'spool',
      folders.spoolDirectory,
      'ATTUNE_WORKER_SPOOL_DIR',
      "results that can't be delivered at once die with the agent",
    ],
    ['artifacts', folders.artifactsDirectory, 'ATTUNE_ARTIFACTS_DIR', 'executions can leave no files'],
    [
      'packs cache',
      packsCacheDirectory(folders),
      'ATTUNE_PACKS_CACHE_DIR',
      'packs that are not mounted can not be fetched',
    ],
  ] as const;
  return [
    { name: 'packs', examine: () => examinePacks(folders.packsDirectory) },
    ...written.map(([name, path, setting, harm]) => ({
      name,
      examine: () => examineWritable(resolve(path), { setting, harm }),
    })),
    {
      name: 'environments',
      examine: () => examineEnvironments(resolve(folders.runtimeEnvironmentsDirectory)),
    },
  ];
}

function examinePacks(path: string): Verdict {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined)
      return ok(`${path} is not there: packs are fetched from the control plane`);
    accessSync(path, constants.R_OK | constants.X_OK);
    return ok(`${path} can be read`);
  } catch (error) {
    return failure(
      `the packs can't be read: ${describeError(error)}`,
      'mount them there, or let ATTUNE_PACKS_BASE_DIR name their folder',
    );
  }
}

/** The programs that are installed there must start. */
function examineEnvironments(path: string): Verdict {
  const use = {
    setting: 'ATTUNE_RUNTIME_ENVS_DIR',
    harm: "the dependencies of packs can't be installed; environments that are there already work",
  };
  const verdict = examineWritable(path, use);
  if (verdict.status !== 'ok' || !isNoexec(nearest(path))) return verdict;
  return warning(
    `${path} is on a volume that is mounted noexec: what is installed there does not start`,
    `mount it without noexec, or let ${use.setting} name another folder`,
  );
}

/** Less is as good as none. */
const leastBytes = 1024 * 1024;

interface Use {
  readonly setting: string;
  readonly harm: string;
}

/** A folder that is not there yet is made when it is needed, in the nearest one above it. */
function examineWritable(path: string, { setting, harm }: Use): Verdict {
  const fix = `mount a writable volume or tmpfs there, or let ${setting} name a folder that user ${process.getuid?.()} may write`;
  const present = nearest(path);
  try {
    accessSync(present, constants.W_OK | constants.X_OK);
  } catch {
    const reason = mountOf(present)?.options.has('ro') === true ? 'read-only' : 'not writable';
    return warning(`${path} can't be written (${present} is ${reason}): ${harm}`, fix);
  }
  const { bavail, bsize } = statfsSync(present);
  if (bavail * bsize < leastBytes) return warning(`${path} is on a full disk: ${harm}`, fix);
  const made = present === path ? '' : ', and will be made';
  const remark = isNoexec(present) ? '; noexec, so no program starts there' : '';
  return ok(`${path} can be written${made}${remark}`);
}

function isNoexec(path: string): boolean {
  return mountOf(path)?.options.has('noexec') === true;
}

function nearest(path: string): string {
  const present = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return present || dirname(path) === path ? path : nearest(dirname(path));
}
