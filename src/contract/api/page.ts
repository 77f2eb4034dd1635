import * as z from 'zod';

/** How much of a list is asked for. `cursor` is the `next_cursor` of the page before, opaque to clients. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('How many items the page may have'),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,500}$/, 'must be the next_cursor of the page before')
    .optional()
    .describe('The next_cursor of the page before'),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** One page of a list; `next_cursor` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
