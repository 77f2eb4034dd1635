import { agentCommand } from '../../runners/agent-command.ts';

/** What the placeholders of a runtime's configuration stand for: `pack_dir`, `interpreter`, …; undefined where there is none. */
export type Placeholders = Readonly<Record<string, string | undefined>>;

/**
 * Fills `{pack_dir}` and the like. Braces around a name that is no placeholder stay as they are.
 * @returns undefined when the text names something that is not there, such as the environment of a pack that has none
 */
export function fillPlaceholders(text: string, values: Placeholders): string | undefined {
  let complete = true;
  const filled = text.replaceAll(/\{([a-z_]+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    complete &&= values[name] !== undefined;
    return values[name] ?? '';
  });
  return complete ? filled : undefined;
}

/** A word of a command that stands for all words of the agent's own. */
export const agentWord = '{agent}';

/** Fills each word of a command. Words that name something that is not there are left out. */
export function fillWords(words: readonly string[], values: Placeholders): string[] {
  return words.flatMap((word) =>
    word === agentWord ? agentCommand() : (fillPlaceholders(word, values) ?? []),
  );
}
