import type { Command } from 'commander';
import * as z from 'zod';
import type { Page } from './api/endpoints.ts';
import { globalOptions, printJson } from './call.ts';
import type { Context } from './context.ts';
import { table } from './format/table.ts';

/** The options of every list. */
export const listOptions = globalOptions.extend({
  limit: z.coerce.number('must be a number').int().min(1).max(100_000).default(50),
  cursor: z.string().optional(),
});

export function addListOptions(command: Command): Command {
  return command
    .option('--limit <number>', 'how many to show (default: 50)')
    .option('--cursor <cursor>', 'where to go on: the next_cursor of an earlier answer');
}

export interface Columns<Item> {
  readonly headings: readonly string[];
  readonly row: (item: Item) => readonly string[];
}

/** Prints a page as a table, or as JSON in the shape that the API has. */
export function printPage<Item>(
  context: Context,
  { json }: { readonly json: boolean },
  page: Page<Item>,
  { headings, row }: Columns<Item>,
): void {
  if (json) return printJson(context, page);
  if (page.items.length === 0) context.errors.write('There are none.\n');
  else context.output.write(table(headings, page.items.map(row)));
  if (page.next_cursor !== null) context.errors.write('There are more: --limit shows them.\n');
}
