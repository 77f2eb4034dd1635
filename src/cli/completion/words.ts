import type { Command } from 'commander';

/** What may follow a command: by its path without `attune` (`''`, `run`, `execution logs`), subcommands and options. */
export type WordsByCommand = ReadonlyMap<string, readonly string[]>;

/** Walks a program with all of its commands loaded. */
export function wordsByCommand(program: Command): WordsByCommand {
  const globals = program.options.map(longName);
  const words = new Map<string, string[]>();
  const walk = (command: Command, path: readonly string[]): void => {
    const names = command.commands.map((subcommand) => subcommand.name());
    words.set(path.join(' '), [
      ...new Set([...names, ...command.options.map(longName), ...globals, '--help']),
    ]);
    for (const subcommand of command.commands) walk(subcommand, [...path, subcommand.name()]);
  };
  walk(program, []);
  return words;
}

function longName(option: { readonly long?: string | null | undefined; readonly flags: string }): string {
  return option.long ?? option.flags;
}
