import { randomBytes } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import { acquire } from '../lock/acquire.ts';
import type { LockTiming } from '../lock/holder-watch.ts';
import type { Hold } from '../lock/hold.ts';
import { buildsOf, lockPrefix } from '../places.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { install, type Installation, type InstallParts } from './install.ts';
import { discard, removeLeftovers } from './leftovers.ts';
import { findComplete, publish } from './publish.ts';
import { seal } from './seal.ts';

export interface BuildParts extends InstallParts {
  /** The name of this worker, for those who wait for its builds. */
  readonly holder: string;
  readonly timing: LockTiming;
}

/** Who hears of a build, and may end it. */
export interface BuildClient extends Pick<Installation, 'write' | 'signal'> {
  /** Asked for when a build begins; `undefined` where the client has lost its right to them. */
  readonly keys: () => Promise<Readonly<Record<string, string>> | undefined>;
  /** Somebody else builds it: who and since when by that one's clock, where that can be read. */
  readonly onWait: (holder: { readonly holder: string; readonly since: string } | undefined) => void;
}

/**
 * Makes an environment, unless another process does so at the same time: then waits for that.
 * @returns its folder
 * @throws AttuneError `environment_failed`, `environment_timeout`, `environments_unwritable`; the reason of the client's signal
 */
export async function build(recipe: Recipe, client: BuildClient, parts: BuildParts): Promise<string> {
  try {
    await mkdir(buildsOf(recipe), { recursive: true, mode: 0o755 });
    return await buildOrWait(recipe, client, parts);
  } catch (error) {
    throw error instanceof AttuneError || client.signal.aborted ? error : unwritable(recipe, error);
  }
}

async function buildOrWait(recipe: Recipe, client: BuildClient, parts: BuildParts): Promise<string> {
  for (;;) {
    const hold = await acquire(
      { folder: buildsOf(recipe), prefix: lockPrefix(recipe) },
      {
        holder: parts.holder,
        isDone: () => findComplete(recipe) !== undefined,
        onWait: client.onWait,
        signal: client.signal,
        timing: parts.timing,
      },
    );
    const folder = hold === undefined ? findComplete(recipe) : await buildHeld(recipe, hold, client, parts);
    if (folder !== undefined) return folder;
  }
}

/** @returns `undefined` where the lock was lost meanwhile */
async function buildHeld(
  recipe: Recipe,
  hold: Hold,
  client: BuildClient,
  parts: BuildParts,
): Promise<string | undefined> {
  const folder = join(buildsOf(recipe), `${recipe.hash}.${randomBytes(6).toString('hex')}`);
  try {
    // Those of another user may be there to stay.
    await removeLeftovers(recipe).catch(() => undefined);
    const complete = await fill(recipe, { folder, hold }, client, parts);
    await hold.release();
    return complete;
  } catch (error) {
    await discard(recipe, folder).catch(() => undefined);
    if (client.signal.aborted || !(error instanceof AttuneError)) await hold.release();
    else await hold.fail(error);
    if (hold.lost.aborted && !client.signal.aborted) return undefined;
    throw error;
  }
}

interface Site {
  readonly folder: string;
  readonly hold: Hold;
}

async function fill(
  recipe: Recipe,
  { folder, hold }: Site,
  client: BuildClient,
  parts: BuildParts,
): Promise<string> {
  const { user } = parts.confinement;
  await mkdir(folder, { mode: 0o755 });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const signal = AbortSignal.any([client.signal, hold.lost]);
  await install({ recipe, folder, keys: (await client.keys()) ?? {}, write: client.write, signal }, parts);
  await seal(folder, { installer: user?.uid });
  if (await hold.isLost()) throw new AttuneError('environment_failed', 'Another worker builds it now');
  const complete = await publish(recipe, folder);
  if (complete !== folder) await discard(recipe, folder).catch(() => undefined);
  return complete;
}

function unwritable(recipe: Recipe, error: unknown): AttuneError {
  return new AttuneError(
    'environments_unwritable',
    `The pack ${recipe.pack} needs an environment, which can't be made in ${recipe.home}: mount a writable volume there, or let ATTUNE_RUNTIME_ENVS_DIR name a folder that the worker may write (${describeError(error)})`,
    { cause: error },
  );
}
