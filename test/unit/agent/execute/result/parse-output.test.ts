import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureLimit, parseOutput } from '../../../../../src/agent/execute/result/parse-output.ts';
import type { OutputFormat } from '../../../../../src/contract/action.ts';

function parse(format: OutputFormat, text: string | Uint8Array, complete = true): unknown {
  return parseOutput(format, { bytes: Buffer.from(text), complete });
}

describe('what stdout says', () => {
  test.for([
    ['text', 'hi\n', 'hi\n'],
    ['text', '', null],
    ['text', '\n', '\n'],
    ['json', ' {"a": [1, null]}\n\n', { a: [1, null] }],
    ['json', ' \n', null],
    ['json', '\uFEFF1', 1],
    ['jsonl', '{"a":1}\r\n\n 2\n', [{ a: 1 }, 2]],
    ['jsonl', '', null],
    ['yaml', 'a: 1\nb: [x, y]\nc: 2020-01-01\n', { a: 1, b: ['x', 'y'], c: '2020-01-01' }],
    ['yaml', '# nothing\n', null],
    ['yaml', 'a: .inf\n1: x\n', { a: null, '1': 'x' }],
    ['yaml', '__proto__: {x: 1}\n', JSON.parse('{"__proto__": {"x": 1}}')],
  ] as const)('%s: %j', ([format, text, data]) => {
    expect(parse(format, text)).toEqual(data);
  });

  test('every JSON document comes back as it was', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parse('json', json)).toEqual(JSON.parse(json));
      }),
    );
  });

  test('what no text column takes is replaced', () => {
    expect(parse('json', '["a\\u0000b", "\\ud800"]')).toEqual(['a\uFFFDb', '\uFFFD']);
    expect(parse('text', Buffer.from([0x61, 0xff, 0x00]))).toBe('a\uFFFD\uFFFD');
  });

  test('long text is no result, and that is no error', () => {
    expect(parse('text', 'x', false)).toBeNull();
  });
});

describe('what stdout does not say', () => {
  test.for([
    ['json', 'secret', /not JSON.*unexpected character at line 1, column 1\./],
    ['json', '{"a": 1,\n "b": secret}', /unexpected character at line 2, column 7/],
    ['json', '{"a": 1', /ends too early at line 1, column 8/],
    ['json', '{"a" "secret"}', /unexpected string at line 1, column 6/],
    ['json', '[1,]', /unexpected "\]" at line 1, column 4/],
    ['json', '{} {}', /unexpected "{" at line 1, column 4/],
    ['json', '["secret\n"]', /a string that does not end or holds a bad escape at line 1, column 2/],
    ['jsonl', '{}\n\n{]\n', /not JSON lines.*unexpected "\]" at line 3, column 2/],
    ['yaml', 'a: [secret\nb: 1', /not YAML.* at line 2, column/],
    ['yaml', 'a: 1\n---\nb: 2', /multiple docs at line 2, column 1/],
    ['yaml', 'a: *secret', /not YAML/],
    ['yaml', 'a: &a [*a]', /nested/],
  ] as const)('%s: %j', ([format, text, message]) => {
    expect(() => parse(format, text)).toThrow(message);
    expect(() => parse(format, text)).not.toThrow(/secret/);
  });

  test.for(['json', 'jsonl', 'yaml'] as const)('%s that was cut off', (format) => {
    expect(() => parse(format, '1', false)).toThrow(expect.objectContaining({ code: 'output_truncated' }));
  });
});

describe('bombs', () => {
  test.for([
    ['json', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['json', '['.repeat(1_000_000)],
    ['json', '{"a":'.repeat(100_000)],
    ['jsonl', '['.repeat(300) + ']'.repeat(300)],
    ['yaml', '['.repeat(20_000)],
    ['yaml', '- '.repeat(5000)],
    ['yaml', laughs()],
  ] as const)('%s', ([format, text]) => {
    expect(() => parse(format, text)).toThrow(expect.objectContaining({ code: 'output_unparsable' }));
  });
});

test('captures no more than a format can use', () => {
  expect([
    captureLimit('text', 10 ** 7),
    captureLimit('yaml', 10 ** 7),
    captureLimit('json', 10 ** 7),
  ]).toEqual([65_536, 1_048_576, 10 ** 7]);
  expect(captureLimit('text', 1024)).toBe(1024);
});

function laughs(): string {
  const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
  for (let level = 1; level < 9; level += 1) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}
