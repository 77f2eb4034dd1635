import type { ActionDefinition } from '../../../contract/action.ts';
import type { Assignment } from '../../../contract/assignment.ts';
import type { LocalPack } from '../../../packs/open-pack.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { CommandResolver } from '../../execute/command/command.ts';
import { packAt } from '../../packs/pack-at.ts';
import { findRuntime } from '../../try/assign.ts';
import { linkOf } from '../places.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Why an action has no environment here, which has nothing to do with its environment. */
export interface Unprepared {
  readonly action: string;
  readonly code: string;
  readonly reason: string;
}

export interface Wanted {
  /** Each once. */
  readonly recipes: readonly Recipe[];
  readonly unprepared: readonly Unprepared[];
}

/** The environments that the actions of a pack will be run in on this machine: what their executions would ask for. */
export async function recipesOf(pack: LocalPack, resolveCommand: CommandResolver): Promise<Wanted> {
  const recipes = new Map<string, Recipe>();
  const unprepared: Unprepared[] = [];
  for (const action of pack.actions.filter(({ enabled }) => enabled)) {
    try {
      const { recipe } = await resolveCommand(assignmentOf(pack, action), packAt(pack.folder));
      if (recipe !== undefined) recipes.set(linkOf(recipe), recipe);
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      unprepared.push({ action: action.ref, code: error.code, reason: error.message });
    }
  }
  return { recipes: [...recipes.values()], unprepared };
}

/** Of no execution, and for nothing but its plan. */
function assignmentOf(pack: LocalPack, action: ActionDefinition): Assignment {
  return {
    execution: 1,
    epoch: 1,
    action,
    pack: { ref: pack.definition.ref, digest: '' },
    runtime: findRuntime(pack.runtimes, action.runner_type) ?? null,
    parameters: {},
    secrets: [],
    timeout: action.timeout,
  };
}
