import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRun } from '../../../../src/contract/api/log-events.ts';
import type { StoredPiece } from '../../../../src/store/executions/logs.ts';
import { joinPieces, toRun, withoutCutCharacter } from '../../../../src/server/logs/runs.ts';

function bytesOf({ text, base64 }: LogRun): Buffer {
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
}

test('any bytes come through exactly, as one of text and base64', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(anyBytes, fc.nat(), (bytes, offset) => {
      const run = toRun(1, { offset, bytes });

      expect(bytesOf(run)).toEqual(Buffer.from(bytes));
      expect(run.end - run.offset).toBe(bytes.length);
      expect([run.text, run.base64].filter((value) => value !== undefined)).toHaveLength(1);
    }),
  );
});

test('a byte order mark and NUL bytes are part of a text', () => {
  expect(toRun(1, { offset: 0, bytes: Buffer.from('\u{feff}a\0b') }).text).toBe('\u{feff}a\0b');
});

test('a text cut anywhere, read as the follower reads it, is text all along', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, where) => {
      const bytes = new TextEncoder().encode(text);
      const cut = bytes.length === 0 ? 0 : where % bytes.length;
      const head = withoutCutCharacter(bytes.subarray(0, cut));
      const runs = [head, bytes.subarray(head.length)].map((part) => toRun(1, { offset: 0, bytes: part }));

      expect(cut - head.length).toBeLessThan(4);
      expect(runs.map((run) => run.text).join('')).toBe(text);
    }),
  );
});

test('bytes that are no UTF-8 are never held back for long', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const kept = withoutCutCharacter(bytes);
      expect(bytes.length - kept.length).toBeLessThan(4);
      expect(withoutCutCharacter(kept).length === kept.length || kept.length < bytes.length).toBe(true);
    }),
  );
});

function piece(offset: number, text: string): StoredPiece {
  return { offset, bytes: Buffer.from(text) };
}

test('pieces that follow each other become one, gaps stay', () => {
  const joined = joinPieces([piece(0, 'ab'), piece(2, 'c'), piece(10, 'd'), piece(11, 'e')]);

  expect(joined.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
    [0, 'abc'],
    [10, 'de'],
  ]);
});
