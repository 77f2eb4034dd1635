import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { supportedImagesTable } from './images-table.ts';
import { runtimesTable } from './runtimes-table.ts';

export const readmePath = join(import.meta.dirname, '../../../README.md');

const tables = { 'supported images': supportedImagesTable, runtimes: runtimesTable };
const end = '<!-- made by npm run docs -->';

/** A README whose tables say what the product and its tests are. @throws where it has no place for one */
export function withTables(readme: string): string {
  return Object.entries(tables).reduce((text, [name, table]) => replaceTable(text, name, table()), readme);
}

function replaceTable(readme: string, name: string, table: string): string {
  const begin = `<!-- ${name} -->`;
  const [before, rest] = readme.split(begin);
  const place = rest?.indexOf(end) ?? -1;
  if (before === undefined || rest === undefined || place < 0)
    throw new Error(`README.md lacks ${begin} or ${end}`);
  return `${before}${begin}\n\n${table}\n${rest.slice(place)}`;
}

if (import.meta.main) writeFileSync(readmePath, withTables(readFileSync(readmePath, 'utf8')));
