import { resolve } from 'node:path';
import { canonicalRuntime } from '../../../contract/runtime-names.ts';
import { openPack, type LocalPack } from '../../../packs/open-pack.ts';
import { flagOf } from '../../../shared/config/setting.ts';
import { readConfiguration } from '../../../shared/config/read.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import { recipesOf, type Unprepared } from '../../environments/ahead/recipes-of.ts';
import type { Environment } from '../../detect/environment.ts';
import type { BuildClient } from '../../environments/build/build.ts';
import type { Environments } from '../../environments/environments.ts';
import { createProgress } from '../../environments/progress.ts';
import type { Recipe } from '../../environments/recipe/recipe.ts';
import { agentSettings } from '../../settings.ts';
import { readArguments } from '../../start/arguments.ts';
import { withEngine } from '../../try/with-engine.ts';
import type { EnvSurroundings } from './env.ts';

/**
 * `env build PACK`: builds the environments that the actions of a pack will be run in on this machine, as their first executions would.
 * @returns 1 where one could not be built
 */
export async function buildCommand(argv: readonly string[], surroundings: EnvSurroundings): Promise<number> {
  const { words, own, json, flags, file } = readArguments(argv, agentSettings, shape);
  const [path, ...more] = words;
  if (path === undefined || more.length > 0)
    throw new AttuneError(
      'invalid_arguments',
      'env build needs one pack, like: attune-agent env build ./packs/core',
    );
  const pack = await openPack(path);
  const { environment, errors, output } = surroundings;
  const config = readConfiguration(agentSettings, { flags, environment, file });
  // Where workers look for them, not where those of trials are.
  const place = {
    [flagOf(agentSettings.runtimeEnvironmentsDirectory)]: resolve(config.runtimeEnvironmentsDirectory),
  };
  const stop = new AbortController();
  surroundings.onSignal(() => stop.abort('stopped'));
  const client = {
    write: (bytes: Uint8Array) => void errors.write(bytes),
    keys: () => Promise.resolve(keysOf(pack, environment)),
    signal: stop.signal,
  };
  const results = await withEngine(
    pack,
    { ...surroundings, flags: { ...flags, ...place }, file },
    async ({ workshop }) => {
      const { recipes, unprepared } = await recipesOf(pack, workshop.resolveCommand);
      for (const one of unprepared) errors.write(describeUnprepared(one));
      const done: Result[] = [];
      for (const recipe of chosen(recipes, own['runtime'])) {
        const result = await buildOne(recipe, workshop.environments, client);
        if (!json) output.write(describe(result));
        done.push(result);
      }
      return done;
    },
  );
  if (json) output.write(`${JSON.stringify({ environments: results }, null, 2)}\n`);
  else if (results.length === 0) output.write(`${pack.definition.ref} needs no environment here\n`);
  return results.some(({ error }) => error !== null) ? 1 : 0;
}

const shape = { words: true, options: ['runtime'] };

interface Result {
  readonly pack: string;
  readonly name: string;
  readonly folder: string | null;
  readonly built: boolean;
  readonly error: string | null;
}

/** The variables that the pack wants keys for, as far as they are set: here is no server that has the keys. */
function keysOf({ definition }: LocalPack, environment: Environment): Record<string, string> {
  const names = Object.keys(definition.environment_keys);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function buildOne(
  recipe: Recipe,
  environments: Environments,
  { write, ...client }: Omit<BuildClient, 'onWait'>,
): Promise<Result> {
  const { pack, name } = recipe;
  const progress = createProgress(recipe, write);
  const present = environments.take(recipe);
  try {
    const environment =
      present ?? (await progress.follow(environments.provide(recipe, { ...client, ...progress })));
    environment.release();
    return { pack, name, folder: environment.folder, built: present === undefined, error: null };
  } catch (error) {
    return { pack, name, folder: null, built: false, error: describeError(error) };
  }
}

function chosen(recipes: readonly Recipe[], runtime: string | undefined): readonly Recipe[] {
  if (runtime === undefined) return recipes;
  const wanted = canonicalRuntime(runtime);
  return recipes.filter((recipe) => recipe.runtime === wanted);
}

function describe({ pack, name, folder, built, error }: Result): string {
  if (error !== null) return `${pack}/${name}: ${error}\n`;
  return `${pack}/${name}: ${built ? 'built' : 'was there'} (${folder})\n`;
}

function describeUnprepared({ action, reason }: Unprepared): string {
  return `attune-agent: warning: ${action} can't be run here: ${reason}\n`;
}
