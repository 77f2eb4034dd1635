import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../src');

/** Which parts each part may import from; DESIGN section 8. `main.ts` files are composition roots and may import all. */
const arrows: Record<string, readonly string[]> = {
  contract: ['contract'],
  shared: ['shared', 'contract'],
  store: ['store', 'shared', 'contract'],
  broker: ['broker', 'shared', 'contract'],
  packs: ['packs', 'shared', 'contract'],
  agent: ['agent', 'packs', 'broker', 'store', 'shared', 'contract'],
  server: ['server', 'packs', 'broker', 'store', 'shared', 'contract'],
  cli: ['cli', 'packs', 'broker', 'store', 'shared', 'contract'],
};

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target = '']) =>
    relative(root, join(root, dirname(file), target)),
  );
}

function partOf(file: string): string {
  return file.split('/')[0] ?? '';
}

const files = globSync('**/*.ts', { cwd: root }).filter((file) => file.includes('/'));

describe('the arrows between the parts', () => {
  test('there are files to look at', () => {
    expect(files.length).toBeGreaterThan(20);
  });

  test.each(files.filter((file) => !file.endsWith('main.ts')))('%s imports only what it may', (file) => {
    const allowed = arrows[partOf(file)] ?? [];
    const wrong = importsOf(file).filter(
      (target) => target.startsWith('..') || !allowed.includes(partOf(target)),
    );
    expect(wrong).toEqual([]);
  });

  test.each(files.filter((file) => !file.endsWith('main.ts')))('%s leaves the process alone', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    expect(text).not.toMatch(/process\.(env|exit)\b/);
  });
});
