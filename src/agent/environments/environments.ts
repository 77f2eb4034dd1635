import type { BuildClient, BuildParts } from './build/build.ts';
import { findComplete } from './build/publish.ts';
import { lockTiming } from './lock/holder-watch.ts';
import { linkOf } from './places.ts';
import type { Recipe } from './recipe/recipe.ts';
import { SharedBuild } from './shared-build.ts';
import { Uses } from './use.ts';

/** A complete environment that stays there until it is released. */
export interface Environment {
  readonly folder: string;
  release(): void;
}

/** The environments of packs, on a volume that other agents may share. */
export interface Environments {
  /** One that is there already, by a few synchronous looks at the disk. */
  take(recipe: Recipe): Environment | undefined;
  /** The same, or else builds it or waits for whoever does. Rejects as `build` does. */
  provide(recipe: Recipe, client: BuildClient): Promise<Environment>;
  /** One that an execution uses already, which an agent before this one has started. */
  keep(folder: string): Environment;
}

/** What environments are made with; the lock's timing is that of workers where nothing is said. */
export type EnvironmentsParts = Omit<BuildParts, 'timing'> & Partial<Pick<BuildParts, 'timing'>>;

export function createEnvironments(given: EnvironmentsParts): Environments {
  const parts = { timing: lockTiming, ...given };
  const builds = new Map<string, SharedBuild>();
  const uses = new Uses();

  /** Marked first and looked at then: whoever removes it hides it first and looks for marks then. */
  function take(recipe: Recipe): Environment | undefined {
    const folder = findComplete(recipe);
    if (folder === undefined) return undefined;
    const release = uses.begin(folder);
    if (findComplete(recipe) === folder) return { folder, release };
    release();
    return undefined;
  }

  function sharedBuild(recipe: Recipe): SharedBuild {
    const key = linkOf(recipe);
    const present = builds.get(key);
    if (present !== undefined && !present.isAbandoned) return present;
    const fresh = new SharedBuild(recipe, parts);
    builds.set(key, fresh);
    void forgetAfter(key, fresh);
    return fresh;
  }

  async function forgetAfter(key: string, shared: SharedBuild): Promise<void> {
    await shared.over;
    if (builds.get(key) === shared) builds.delete(key);
  }

  return {
    take,
    keep: (folder) => ({ folder, release: uses.begin(folder) }),
    async provide(recipe, client) {
      for (;;) {
        const environment = take(recipe);
        if (environment !== undefined) return environment;
        await sharedBuild(recipe).join(client);
      }
    },
  };
}
