import { AttuneError } from '../shared/errors.ts';

/** How much of a list is asked for. `cursor` is the `next_cursor` of the page before. */
export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Paged<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/** Makes a page out of rows of which one more than asked for was read. `keyOf` is what the rows are ordered by. */
export function toPage<Item>(
  rows: readonly Item[],
  { limit }: Page,
  keyOf: (item: Item) => string | number,
): Paged<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next_cursor: more ? encode(keyOf(last)) : null };
}

/** The text that the page begins after, or null at the start. */
export function textAfter({ cursor }: Page): string | null {
  return cursor === undefined ? null : decode(cursor);
}

/**
 * The number that the page begins after, or null at the start.
 * @throws AttuneError `invalid_cursor`
 */
export function numberAfter({ cursor }: Page): number | null {
  if (cursor === undefined) return null;
  const text = decode(cursor);
  const key = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(key)) return key;
  throw invalidCursor();
}

function encode(key: string | number): string {
  return Buffer.from(String(key)).toString('base64url');
}

/** No key holds a NUL character, and PostgreSQL takes none. */
function decode(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key.includes('\0')) throw invalidCursor();
  return key;
}

function invalidCursor(): AttuneError {
  return new AttuneError(
    'invalid_cursor',
    'The cursor is not one that this list gave: begin again without it',
  );
}
