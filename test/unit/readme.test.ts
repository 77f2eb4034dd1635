import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { readmePath, withTables } from '../support/readme/readme.ts';

test('README.md has the tables that the product and its tests make: "npm run docs" writes it', () => {
  const readme = readFileSync(readmePath, 'utf8');
  expect(unaligned(readme)).toBe(unaligned(withTables(readme)));
});

/** The formatter makes the columns of a table equally wide. */
function unaligned(text: string): string {
  return text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}

test('README.md shows a worker of compose.override.example.yml as it is', () => {
  const readme = readFileSync(readmePath, 'utf8');
  const [, shown = ''] = /```yaml\n(services:\n.*?)```/s.exec(readme) ?? [];
  expect(shown).toContain('worker-ruby');
  const example = readFileSync(new URL('../../compose.override.example.yml', import.meta.url), 'utf8');
  expect(example).toContain(shown);
});
