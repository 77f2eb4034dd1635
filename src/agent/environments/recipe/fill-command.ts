import { fillPlaceholders, fillWords, type Placeholders } from '../../execute/command/placeholders.ts';

export type Argv = readonly [string, ...string[]];

/** Fills a command of a runtime's configuration: an argv list, or one string for `sh -c`. Words that name something that is not there are left out. */
export function fillCommand(
  template: string | readonly string[] | undefined,
  placeholders: Placeholders,
): Argv | undefined {
  if (template === undefined) return undefined;
  if (typeof template === 'string') return ['sh', '-c', fillPlaceholders(template, placeholders) ?? ''];
  const [program, ...words] = fillWords(template, placeholders);
  return program === undefined ? undefined : [program, ...words];
}
