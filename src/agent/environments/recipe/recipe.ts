import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ExecutionConfig } from '../../../contract/runtime.ts';
import { applyVariables } from '../../execute/command/variables.ts';
import { fillPlaceholders, type Placeholders } from '../../execute/command/placeholders.ts';
import { contentsOf, describeProgram } from './facts.ts';
import { fillCommand, type Argv } from './fill-command.ts';

/** What an environment is made from. */
export interface Ingredients {
  /** Folder of all environments. */
  readonly root: string;
  readonly pack: string;
  /** Canonical name. */
  readonly runtime: string;
  readonly version: string | undefined;
  readonly config: ExecutionConfig;
  /** All but `env_dir`. */
  readonly placeholders: Placeholders;
  /** Absolute paths of the files that name the dependencies, the manifest first. Those that are not there count as such. */
  readonly files: readonly string[];
  /** Of the container, for the installer. */
  readonly variables: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** What compiled code depends on, like `x86_64 glibc 2.36`. */
  readonly platform: string;
}

/** How an environment is made, and by what it is known. */
export interface Recipe {
  readonly pack: string;
  readonly runtime: string;
  readonly version: string | undefined;
  /** Of everything that makes a difference: 16 hexadecimal digits. */
  readonly hash: string;
  /** `python-3.12.1-0123456789abcdef`. */
  readonly name: string;
  /** Folder of all environments of the pack. */
  readonly home: string;
  readonly workingDirectory: string;
  /** The commands that make it in a folder, in their order. */
  readonly commandsIn: (folder: string) => readonly Argv[];
  /** The variables of these commands. */
  readonly variablesIn: (folder: string) => Readonly<Record<string, string>>;
}

/** Changes when environments are made in another way. */
const generation = 1;

/** @returns `undefined` where the runtime has no command that makes anything */
export function writeRecipe(ingredients: Ingredients): Recipe | undefined {
  const { config, pack, placeholders, root, runtime, variables, version, workingDirectory } = ingredients;
  const create = config.environment?.create_command;
  const install = config.dependencies?.install_command ?? config.environment?.install_command;
  if (create === undefined && install === undefined) return undefined;
  const hash = hashOf(ingredients, [create, install]);
  return {
    pack,
    runtime,
    version,
    hash,
    name: [runtime, version, hash].filter((part) => part !== undefined).join('-'),
    home: join(root, pack),
    workingDirectory,
    commandsIn(folder) {
      const before = { ...placeholders, env_dir: folder };
      const after = { ...before, interpreter: interpreterIn(folder, config, placeholders) };
      return [fillCommand(create, before), fillCommand(install, after)].filter((argv) => argv !== undefined);
    },
    variablesIn: (folder) => applyVariables(variables, config.env_vars, { ...placeholders, env_dir: folder }),
  };
}

/** The interpreter of actions that have an environment: its own where it has one. */
export function interpreterIn(
  folder: string,
  { environment }: ExecutionConfig,
  placeholders: Placeholders,
): string | undefined {
  const template = environment?.interpreter_path;
  const own = template && fillPlaceholders(template, { ...placeholders, env_dir: folder });
  return own ?? placeholders['interpreter'];
}

/**
 * The place is part of it, because a venv knows its own absolute path. Where the pack lies is not: another revision with the same
 * dependencies shares the environment.
 */
function hashOf(ingredients: Ingredients, commands: readonly unknown[]): string {
  const { config, files, placeholders, platform, root, runtime, version } = ingredients;
  const { interpreter } = placeholders;
  const facts = [
    generation,
    root,
    runtime,
    version ?? null,
    interpreter === undefined ? null : describeProgram(interpreter),
    platform,
    files.map(contentsOf),
    commands.map((command) => command ?? null),
    config.environment?.interpreter_path ?? null,
    config.env_vars,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
