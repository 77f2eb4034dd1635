import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { findingsText } from '../../../../src/cli/format/findings.ts';

test('findings stand by file, in the order of the file, as compilers write them', () => {
  const text = findingsText(new PassThrough(), './demo', [
    { kind: 'warning', path: 'b.yaml:10:1', message: 'late' },
    { kind: 'error', path: 'b.yaml:9:20', message: 'middle' },
    { kind: 'error', path: 'b.yaml:9:3', message: 'early\nand \u001B[31mmore' },
    { kind: 'error', path: 'a', message: 'no place' },
    { kind: 'error', path: '/elsewhere', message: 'absolute' },
  ]);
  expect(text).toBe(
    [
      '/elsewhere: error: absolute',
      '',
      'demo/a: error: no place',
      '',
      'demo/b.yaml:9:3: error: early and more',
      'demo/b.yaml:9:20: error: middle',
      'demo/b.yaml:10:1: warning: late',
      '',
    ].join('\n'),
  );
});
