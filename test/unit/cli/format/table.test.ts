import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownTable } from '../../../../src/cli/format/markdown.ts';
import { details } from '../../../../src/cli/format/details.ts';
import { plain, table } from '../../../../src/cli/format/table.ts';

test('columns stand under their headings, without borders or spaces at the end', () => {
  const text = table(
    ['id', 'action'],
    [
      ['1', 'core.echo'],
      ['1000', '\u001B[32mx\u001B[39m'],
    ],
  );
  expect(text).toBe('ID     ACTION\n1      core.echo\n1000   \u001B[32mx\u001B[39m\n');
});

test('what others wrote can neither steer the terminal nor break the line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      expect(plain(`\u001B]0;title\u0007${text}\u001B[2J\n`)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
    }),
  );
});

test('details leave out what is null and indent further lines', () => {
  expect(details({ A: 'x', Long: '1\n2', None: null })).toBe('A:    x\nLong: 1\n      2\n');
});

test('a cell of Markdown cannot end its cell', () => {
  expect(markdownTable(['a'], [['x|y'], [String.raw`\|`], ['<b>']])).toBe(
    '| a |\n| --- |\n| x\\|y |\n| \\\\\\| |\n| \\<b> |\n',
  );
});
