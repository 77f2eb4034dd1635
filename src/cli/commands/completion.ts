import { Argument, type Command } from 'commander';
import { globalOptions, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { bashCompletion, fishCompletion, zshCompletion } from '../completion/scripts.ts';
import { wordsByCommand } from '../completion/words.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function define(command: Command, context: Context): void {
  const shells = Object.keys(scripts);
  command.addArgument(new Argument('<shell>', 'the shell to write for').choices(shells)).addHelpText(
    'after',
    `
Examples:
  attune completion bash > /etc/bash_completion.d/attune
  attune completion zsh > ~/.zsh/attune.zsh            # and "source" it in .zshrc
  attune completion fish > ~/.config/fish/completions/attune.fish`,
  );
  onCall(command, { context, schema: globalOptions }, async ({ words: [shell = ''] }) => {
    const words = wordsByCommand(command.parent ?? command);
    if (isShell(shell)) context.output.write(scripts[shell](words));
  });
}

function isShell(text: string): text is keyof typeof scripts {
  return Object.hasOwn(scripts, text);
}
