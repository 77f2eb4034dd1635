import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderParameters } from '../../../../../src/agent/execute/parameters/render-parameters.ts';
import { jsonObject } from '../../../../../src/contract/parameter-schema.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
const anyParameters = fc
  .dictionary(name, fc.jsonValue({ maxDepth: 3 }))
  .map((value) => jsonObject.parse(JSON.parse(JSON.stringify(value))));

describe('a parameter document', () => {
  test.for(['json', 'yaml'] as const)('as %s says the same again, and ends in one line break', (format) => {
    fc.assert(
      fc.property(anyParameters, (parameters) => {
        const document = renderParameters(parameters, format);
        expect(parse(document)).toEqual(parameters);
        expect(document).toMatch(/[^\n]\n$/);
      }),
    );
  });

  test('YAML keeps strings that older readers take for something else', () => {
    const document = renderParameters({ a: 'no', b: '12:30', c: 'x\n\n', d: '1e3', e: '~' }, 'yaml');
    expect(document).toBe('a: "no"\nb: "12:30"\nc: "x\\n\\n"\nd: "1e3"\ne: "~"\n');
  });
});

describe('dotenv', () => {
  test('sorted, quoted, flattened; arrays as JSON, null empty', () => {
    const parameters = {
      zone: "it's $HOME `id`",
      db: { port: 5432, host: 'h', tls: { on: true }, options: {} },
      list: [1, 'a'],
      none: null,
      lines: 'a\nb',
    };
    expect(renderParameters(parameters, 'dotenv')).toBe(
      [
        "db.host='h'",
        "db.options='{}'",
        "db.port='5432'",
        "db.tls.on='true'",
        "lines='a\nb'",
        `list='[1,"a"]'`,
        "none=''",
        String.raw`zone='it'\''s $HOME ${'`id`'}'`,
        '',
      ].join('\n'),
    );
  });

  test('none are an empty line', () => {
    expect(renderParameters({}, 'dotenv')).toBe('\n');
  });

  test.for([
    ['a name with shell syntax', { a: { 'x; rm -rf /': 1 } }, /"a\.x; rm -rf \/" has characters/],
    ['two names that become one', { a: { b: 1 }, 'a.b': 2 }, /"a\.b" has the name of another/],
    ['a NUL', { a: 'x\0y' }, /"a" holds a NUL/],
  ] as const)('refuses %s', ([, parameters, message]) => {
    expect(() => renderParameters(parameters, 'dotenv')).toThrow(message);
  });
});
