/** What a verified interpreter said of its version: nothing, or a semantic version. */
export interface Verified {
  readonly version?: string;
}

/** A pattern for an interpreter that somebody declares: the version where one is printed, and none otherwise. */
export const anyVersion = String.raw`^[\s\S]*?(\d+(?:\.\d+)+)|^`;

/** No interpreter says more before it comes to its version; a pattern may take the square of the time. */
const mostCharacters = 8192;

/**
 * Looks for an interpreter's version at the beginning of what it printed.
 * @param pattern whose first group is the version; a pattern without a group only finds the place where it stands. Lines
 * count: `^` is the start of any line. Absent: the first dotted number
 * @returns undefined when the output does not match, so that this is not the interpreter that was looked for
 */
export function readVersion(output: string, pattern = String.raw`\d+(?:\.\d+)+`): Verified | undefined {
  const match = new RegExp(pattern, 'm').exec(output.slice(0, mostCharacters));
  if (match === null) return undefined;
  const text = match.length > 1 ? (match[1] ?? '') : output.slice(match.index);
  const version = normaliseVersion(text);
  return version === undefined ? {} : { version };
}

/**
 * The first number of a text as a semantic version of three parts: `17` → `17.0.0`, `1.8.0_392` → `1.8.0`, `go1.22` →
 * `1.22.0`. Undefined where there is none.
 */
export function normaliseVersion(text: string): string | undefined {
  const match = /(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?/.exec(text);
  if (match === null) return undefined;
  return [1, 2, 3].map((part) => Number(match[part] ?? 0)).join('.');
}
