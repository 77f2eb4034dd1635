import { chownSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Configuration } from '../../shared/config/setting.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { describeUser, type JobUser } from '../host/confinement.ts';
import { packsCacheDirectory } from '../packs/cache-directory.ts';
import type { agentSettings } from '../settings.ts';

type Folders = Pick<
  Configuration<typeof agentSettings>,
  | 'artifactsDirectory'
  | 'packsDirectory'
  | 'packsCacheDirectory'
  | 'runtimeEnvironmentsDirectory'
  | 'temporaryDirectory'
>;

/**
 * Makes the folders of executions ready for a user of their own: gives it that for artifacts where there is none, and warns of those
 * that it can't use. What exists is left as it is.
 */
export function prepareFolders(user: JobUser, folders: Folders, logger: Logger): void {
  makeFor(user, folders.artifactsDirectory, logger);
  for (const barrier of findBarriers(user, folders)) logger.warn(barrier, 'executions cannot use a folder');
}

/** A folder of executions that their user can't use, and what to do. */
interface Barrier {
  readonly setting: string;
  readonly path: string;
  readonly reason: string;
}

/** The folders that exist and that the user of executions can't use, as far as modes tell. */
export function findBarriers(user: JobUser, folders: Folders): Barrier[] {
  const { artifactsDirectory, packsDirectory, runtimeEnvironmentsDirectory, temporaryDirectory } = folders;
  const wanted = [
    { path: packsDirectory, setting: 'ATTUNE_PACKS_BASE_DIR', bits: enter },
    { path: packsCacheDirectory(folders), setting: 'ATTUNE_PACKS_CACHE_DIR', bits: enter },
    { path: temporaryDirectory, setting: 'ATTUNE_WORKER_TMP_DIR', bits: enter },
    { path: runtimeEnvironmentsDirectory, setting: 'ATTUNE_RUNTIME_ENVS_DIR', bits: enter },
    { path: artifactsDirectory, setting: 'ATTUNE_ARTIFACTS_DIR', bits: enter | write },
  ];
  return wanted.flatMap(({ path, setting, bits }) => {
    const barrier = findBarrier(path, bits, user);
    if (barrier === undefined) return [];
    const reason = `user ${describeUser(user)} (ATTUNE_JOB_USER) may not ${barrier === path ? 'use' : 'pass'} ${barrier}: change its owner or mode`;
    return [{ setting, path, reason }];
  });
}

const enter = 0o1;
const write = 0o2;

function makeFor({ uid, gid }: JobUser, path: string, logger: Logger): void {
  try {
    if (mkdirSync(path, { recursive: true }) !== undefined) chownSync(path, uid, gid);
  } catch (error) {
    logger.warn({ path, reason: describeError(error) }, 'the folder for artifacts cannot be made');
  }
}

/** The first folder on the way to a path that the user may not pass, or the last that it may not use, as far as modes tell. */
function findBarrier(path: string, bits: number, user: JobUser): string | undefined {
  try {
    const real = realpathSync(path);
    const passed = ancestors(real).find((folder) => !allows(folder, enter, user));
    return passed ?? (allows(real, bits, user) ? undefined : path);
  } catch {
    // What is not there yet, or not for us to see, can't be judged.
    return undefined;
  }
}

/** From the root down to the parent. */
function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestors(parent), parent];
}

function allows(folder: string, bits: number, { uid, gid, groups }: JobUser): boolean {
  const facts = statSync(folder);
  if (uid === 0) return true;
  if (facts.uid === uid) return ((facts.mode >> 6) & bits) === bits;
  const shared = [gid, ...groups].includes(facts.gid);
  return ((facts.mode >> (shared ? 3 : 0)) & bits) === bits;
}
