/** More of a value helps nobody who looks for a difference at a glance. */
const mostCharacters = 500;

/** The beginning of a text, as much as a person reads. */
export function shorten(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}
