import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPack, type LocalPack } from '../../../packs/open-pack.ts';
import { describeError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { StartParts } from '../../execute/start-attempt.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipesOf } from './recipes-of.ts';

export interface SweepParts extends Pick<StartParts, 'resolveCommand' | 'environments'> {
  /** Holds a folder for each pack. */
  readonly packsDirectory: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Builds the environments of all packs of a folder ahead of their executions. What can't be built is logged, and built when it is first used.
 * Resolves, whatever becomes of them.
 */
export async function sweepEnvironments(parts: SweepParts): Promise<void> {
  const { logger, packsDirectory, signal } = parts;
  const names = await readdir(packsDirectory).catch(() => []);
  for (const name of names.filter((one) => !one.startsWith('.')).toSorted()) {
    if (signal.aborted) return;
    try {
      await sweepPack(await openPack(join(packsDirectory, name)), parts);
    } catch (error) {
      logger.warn({ pack: name, reason: describeError(error) }, 'no environments for this pack');
    }
  }
}

async function sweepPack(pack: LocalPack, parts: SweepParts): Promise<void> {
  const { recipes, unprepared } = await recipesOf(pack, parts.resolveCommand);
  for (const one of unprepared) parts.logger.debug(one, 'action not prepared');
  if (recipes.length > 0 && Object.keys(pack.definition.environment_keys).length > 0) {
    parts.logger.info(
      { pack: pack.definition.ref },
      'only executions get keys: environments of this pack are built when they are first used',
    );
    return;
  }
  for (const recipe of recipes) await prepare(recipe, parts);
}

async function prepare(recipe: Recipe, { environments, logger, signal }: SweepParts): Promise<void> {
  const { name, pack } = recipe;
  const started = performance.now();
  try {
    const present = environments.take(recipe);
    const environment = present ?? (await environments.provide(recipe, silentClient(signal)));
    environment.release();
    const milliseconds = Math.round(performance.now() - started);
    logger.info(
      { pack, environment: name, built: present === undefined, ms: milliseconds },
      'environment is ready',
    );
  } catch (error) {
    logger.warn({ pack, environment: name, reason: describeError(error) }, 'environment not built');
  }
}

function silentClient(signal: AbortSignal) {
  return { signal, write: () => undefined, onWait: () => undefined, keys: () => Promise.resolve({}) };
}
