import type { Environment, Environments } from '../environments/environments.ts';
import { createProgress } from '../environments/progress.ts';
import type { Recipe } from '../environments/recipe/recipe.ts';
import type { Attempt } from '../../contract/worker.ts';
import type { Logger } from '../../shared/logger.ts';
import { untilAvailable } from '../../shared/until-available.ts';
import type { Link } from '../link/link.ts';
import type { Ending } from './ending.ts';
import type { Observation } from './observe.ts';

/** Where environments come from, and the secrets that their installers get. */
export interface EnvironmentParts {
  readonly environments: Environments;
  readonly environmentKeys: Link['environmentKeys'];
  readonly logger: Logger;
}

interface Waiting {
  readonly attempt: Attempt;
  readonly ending: Ending;
  readonly observation: Pick<Observation, 'prepend'>;
}

/**
 * The environment of an attempt's command. What its building has to say goes ahead of the process's own stderr.
 * @throws AttuneError of the build; the cause of the ending, where the attempt is to end meanwhile
 */
export function provideEnvironment(
  recipe: Recipe,
  { attempt, ending, observation }: Waiting,
  { environments, environmentKeys, logger }: EnvironmentParts,
): Environment | Promise<Environment> {
  const present = environments.take(recipe);
  if (present !== undefined) return present;
  const progress = createProgress(recipe, (bytes) => observation.prepend(bytes));
  return progress.follow(
    environments.provide(recipe, {
      write: progress.write,
      onWait: progress.onWait,
      signal: ending.signal,
      async keys() {
        const keys = await untilAvailable(() => environmentKeys(attempt), {
          name: 'the keys of a pack',
          // No setting ends this: whoever cancels the execution does.
          seconds: Number.POSITIVE_INFINITY,
          setting: '',
          logger,
          signal: ending.signal,
        });
        if (keys !== 'fenced') return keys;
        ending.request('fenced');
        return undefined;
      },
    }),
  );
}
