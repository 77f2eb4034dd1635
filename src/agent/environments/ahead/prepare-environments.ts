import type { LocalPack } from '../../../packs/open-pack.ts';
import { describeError } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { StartParts } from '../../execute/start-attempt.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipesOf } from './recipes-of.ts';

export interface PrepareParts extends Pick<StartParts, 'resolveCommand' | 'environments'> {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Builds the environments of a pack ahead of its executions. What can't be built is logged, and built when it is first used.
 * Resolves, whatever becomes of them.
 */
export async function prepareEnvironments(pack: LocalPack, parts: PrepareParts): Promise<void> {
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

async function prepare(recipe: Recipe, { environments, logger, signal }: PrepareParts): Promise<void> {
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
