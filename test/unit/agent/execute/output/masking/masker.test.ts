import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, type StreamMask } from '../../../../../../src/agent/execute/output/masking/masker.ts';
import { MaskedStream } from '../../../../../../src/agent/execute/output/masking/masked-stream.ts';
import { PatternAutomaton } from '../../../../../../src/agent/execute/output/masking/pattern-automaton.ts';
import { jsonObject } from '../../../../../../src/contract/parameter-schema.ts';
import { pieces, cutsArbitrary } from '../pieces.ts';

/** A small alphabet makes overlaps, repeats and near misses likely. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), minLength: 1, maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '\n'), maxLength: 60 });

describe('a masked stream', () => {
  test('says the same as a search of the whole text, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        text,
        cutsArbitrary,
        (patterns, whole, cuts) => {
          const automaton = new PatternAutomaton(patterns.map((pattern) => Buffer.from(pattern)));
          const stream = new MaskedStream(automaton);
          expect(through(stream, pieces(Buffer.from(whole), cuts))).toBe(maskNaively(whole, patterns));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('holds back nothing but what may still become a secret', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), text, (patterns, whole) => {
        const automaton = new PatternAutomaton(patterns.map((pattern) => Buffer.from(pattern)));
        const stream = new MaskedStream(automaton);
        stream.push(Buffer.from(whole));
        const held = patterns.flatMap((pattern) => beginningsAtEnd(whole, pattern));
        const rest = Buffer.from(stream.end()).toString();
        expect(rest.replaceAll('***', '').length).toBeLessThanOrEqual(Math.max(0, ...held));
      }),
    );
  });

  test('bytes without a secret pass uncopied', () => {
    const bytes = Buffer.from('nothing to see here\n');
    expect(createMasker(['hunter2']).stream().push(bytes)).toBe(bytes);
    expect(createMasker([]).stream().push(bytes)).toBe(bytes);
  });

  test('two streams of one masker do not disturb each other', () => {
    const masker = createMasker(['hunter2']);
    const [first, second] = [masker.stream(), masker.stream()];
    const parts = [
      first.push(Buffer.from('hun')),
      second.push(Buffer.from('ter2')),
      first.push(Buffer.from('ter2')),
    ];
    expect(parts.map(String)).toEqual(['', 'ter2', '***']);
  });

  test('a run that never ends is one mask and needs no memory', () => {
    const stream = createMasker(['aaa']).stream();
    const piece = Buffer.alloc(10_000, 'a');
    const out = Array.from({ length: 50 }, () => Buffer.from(stream.push(piece)).toString()).join('');
    expect(out + Buffer.from(stream.end()).toString()).toBe('***');
  });
});

describe('spellings that are masked', () => {
  const secret = 'p@ss "wörd"/\\ it\'s';

  test.for([
    ['as it is', secret],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON in ASCII', String.raw`p@ss \"w\u00f6rd\"/\\ it's`],
    ['JSON with escaped slashes', String.raw`p@ss \"wörd\"\/\\ it's`],
    ['part of a URL', encodeURIComponent(secret)],
    ['a form', new URLSearchParams({ x: secret }).toString().slice(2)],
    ['lower-case escapes', encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase())],
    ['shell quotes', secret.replaceAll("'", String.raw`'\''`)],
    ['base64', Buffer.from(secret).toString('base64').replaceAll('=', '')],
    ['base64url', Buffer.from(secret).toString('base64url')],
  ] as const)('%s', ([, spelled]) => {
    expect(createMasker([secret]).text(`before ${spelled} after`)).toBe('before *** after');
  });

  test('base64 of a text that holds the secret tells at most the two characters at its borders', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
        const encoded = Buffer.from(`${before}correct horse${after}`).toString('base64');
        const masked = createMasker(['correct horse']).text(encoded);
        expect(masked).toContain('***');
        expect(encoded.length - masked.length).toBeGreaterThanOrEqual(Math.floor((13 * 8) / 6) - 2 - 3);
      }),
    );
  });

  test('each line of a secret of many lines', () => {
    const key = '-----BEGIN KEY-----\r\nMIIEvQIBADANBg\r\n  kqhkiG9w0BAQ\r\n-----END KEY-----\n';
    const masker = createMasker([key]);
    expect(masker.text('x kqhkiG9w0BAQ y MIIEvQIBADANBg z')).toBe('x *** y *** z');
    expect(masker.text(key.trim().replaceAll('\r\n', '\n'))).not.toMatch(/MII|kqh|BEGIN/);
  });

  test('a secret that ends in a line break, as files do', () => {
    expect(createMasker(['abc\n']).text('[abc]')).toBe('[***]');
  });

  test('a lone surrogate is no reason to fail', () => {
    expect(createMasker(['ab\uD800cd']).text('ab\uFFFDcd')).toBe('***');
  });
});

describe('masking JSON', () => {
  test('strings, names and numbers, at any depth', () => {
    const masker = createMasker(['hunter2', '123456']);
    expect(masker.json({ a: ['is hunter2'], hunter2: 123_456, n: 5, t: true, z: null })).toEqual({
      a: ['is ***'],
      '***': '***',
      n: 5,
      t: true,
      z: null,
    });
  });

  test('no secret is left in any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 3, maxLength: 5 }), (value, secret) => {
        fc.pre(!'***'.includes(secret));
        const whole = jsonObject.parse({ value, [secret]: secret, inner: [`x${secret}x`] });
        const json = createMasker([secret]).json(whole);
        expect(collectStrings(json).filter((plain) => plain.includes(secret))).toEqual([]);
      }),
    );
  });
});

test('building and using a masker of a megabyte of secret is possible', () => {
  const secret = Array.from({ length: 20_000 }, (_, index) => `line ${index} of a long secret file`).join(
    '\n',
  );
  expect(createMasker([secret]).text('see line 777 of a long secret file.')).toBe('see ***.');
});

function through(stream: StreamMask, parts: readonly Uint8Array[]): string {
  return Buffer.concat([...parts.map((part) => Buffer.from(stream.push(part))), stream.end()]).toString();
}

function maskNaively(whole: string, patterns: readonly string[]): string {
  const begun = new Set<number>();
  const joined = new Set<number>();
  for (const pattern of patterns) {
    for (let start = whole.indexOf(pattern); start !== -1; start = whole.indexOf(pattern, start + 1)) {
      begun.add(start);
      for (let index = start + 1; index < start + pattern.length; index += 1) joined.add(index);
    }
  }
  return Array.from(whole)
    .map((character, index) => {
      if (joined.has(index)) return '';
      return begun.has(index) ? '***' : character;
    })
    .join('');
}

function beginningsAtEnd(whole: string, pattern: string): number[] {
  return Array.from({ length: pattern.length }, (_, length) => length).filter(
    (length) => length > 0 && whole.endsWith(pattern.slice(0, length)),
  );
}

function collectStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name].concat(collectStrings(inner)));
}
