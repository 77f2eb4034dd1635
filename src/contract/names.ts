import * as z from 'zod';

/** `core`: one word of lower-case letters, digits, `_` and `-`, starting with a letter. */
export const packRef = z
  .string()
  .max(64)
  .regex(
    /^[a-z][a-z0-9_-]*$/,
    'must be lower-case letters, digits, "_" or "-", starting with a letter, like "core"',
  );

/** `pack.action`, like `core.echo`. */
export const actionRef = z
  .string()
  .max(255)
  .regex(
    /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$/,
    'must be "<pack>.<action>" in lower-case letters, digits, "_" or "-", like "core.echo"',
  );

/** Names of runtimes, labels and pools: they become parts of queue names and paths. */
export const plainName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/,
    'must be letters, digits, "_", ".", "+" or "-", starting with a letter or digit',
  );

/** The pack part of an action's ref. */
export function packOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'));
}
