import type { ActionView } from '../../contract/api/action.ts';
import type { Requirement } from '../../contract/capability.ts';
import { resolveRuntime, type RuntimeAliases } from '../../contract/runtime-aliases.ts';
import { secretNames } from '../../contract/parameter-schema.ts';
import { AttuneError } from '../../shared/errors.ts';
import { compileParameters, type ParameterValidator } from '../../packs/parameters/validator.ts';
import { requirementOf } from './requirement.ts';

/** An action with everything worked out that does not change from one execution to the next. */
export interface RunnableAction {
  readonly definition: ActionView;
  readonly validate: ParameterValidator;
  readonly secrets: readonly string[];
  readonly requirement: Requirement;
  /** The one name of its runtime. */
  readonly runtime: string;
}

/** Word of a change can be lost with the connection that brings it: then an action is this many milliseconds out of date. */
const longestKept = 10_000;

/** The actions as they are executed: read once, kept until the catalogue changes, or for a short while. */
export interface ActionCatalog {
  /** @throws AttuneError `unknown_action`; whatever the database throws */
  find(ref: string): Promise<RunnableAction>;
  /** Some action has changed. */
  readonly forget: () => void;
}

interface Kept {
  readonly action: Promise<RunnableAction>;
  readonly until: number;
}

/** Where the catalogue reads what is stored. */
export interface CatalogSource {
  findAction(ref: string): Promise<ActionView | undefined>;
  runtimeAliases(): Promise<RuntimeAliases>;
}

export function createActionCatalog(source: CatalogSource): ActionCatalog {
  let kept = new Map<string, Kept>();
  return {
    find(ref) {
      const known = kept.get(ref);
      if (known !== undefined && known.until > performance.now()) return known.action;
      const present = kept;
      const action = load(ref, source);
      present.set(ref, { action, until: performance.now() + longestKept });
      action.catch(() => present.delete(ref));
      return action;
    },
    forget() {
      kept = new Map();
    },
  };
}

async function load(ref: string, source: CatalogSource): Promise<RunnableAction> {
  const [definition, aliases] = await Promise.all([source.findAction(ref), source.runtimeAliases()]);
  if (definition === undefined) {
    throw new AttuneError(
      'unknown_action',
      `There is no action "${ref}": "attune action list" shows those there are`,
    );
  }
  return {
    definition,
    validate: compileParameters(definition.parameters),
    secrets: secretNames(definition.parameters),
    requirement: requirementOf(definition, aliases),
    runtime: resolveRuntime(definition.runtime, aliases),
  };
}
