import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { markdownTable } from '../../../src/cli/format/markdown.ts';
import { supportedImages } from './supported.ts';

export const readmePath = join(import.meta.dirname, '../../../README.md');

const [begin, end] = ['<!-- supported images -->', '<!-- made by npm run docs -->'];

/** A README whose table of supported images is that of the tests. @throws where it has no place for one */
export function withSupportedImages(readme: string): string {
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md lacks ${begin} or ${end}`);
  return `${before}${begin}\n\n${supportedImagesTable()}\n${end}${after}`;
}

function supportedImagesTable(): string {
  const rows = supportedImages.map(({ name, description, runtimes }) => [
    `\`${name}\``,
    description,
    runtimes.join(', '),
  ]);
  return markdownTable(['image', 'what it is', 'runtimes that are found in it'], rows);
}

if (import.meta.main) writeFileSync(readmePath, withSupportedImages(readFileSync(readmePath, 'utf8')));
