import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parameterSchema, type JsonObject } from '../../../../src/contract/parameter-schema.ts';
import { compileParameters } from '../../../../src/packs/parameters/validator.ts';

function problems(schema: unknown, parameters: JsonObject): string[] {
  const validate = compileParameters(parameterSchema.parse(schema));
  return validate(parameters).map(({ path, message }) => `${path} ${message}`);
}

/** An object with any key of its own, `__proto__` included, as a JSON parser makes it. */
function named(name: string, value: JsonObject[string]): JsonObject {
  return { [name]: value };
}

test('all problems are named at once', () => {
  const schema = {
    host: { type: 'string', required: true },
    count: { type: 'integer', minimum: 1 },
    mode: { enum: ['fast', 'safe'] },
  };

  expect(problems(schema, { count: 'x', mode: 'slow', extra: 1 }).toSorted()).toEqual([
    'parameters.count must be integer',
    'parameters.extra is unknown; the action takes: host, count, mode',
    'parameters.host is required',
    'parameters.mode must be one of "fast", "safe"',
  ]);
});

test.for<[string, unknown, JsonObject, string[]]>([
  ['a range', { n: { type: 'number', maximum: 5 } }, { n: 6 }, ['parameters.n must be <= 5']],
  [
    'a length',
    { s: { type: 'string', minLength: 2 } },
    { s: 'a' },
    ['parameters.s must NOT have fewer than 2 characters'],
  ],
  [
    'a nested type',
    { o: { properties: { p: { type: 'string' } } } },
    { o: { p: 1 } },
    ['parameters.o.p must be string'],
  ],
  [
    'an item',
    { list: { items: { type: 'integer' } } },
    { list: [1, 'x'] },
    ['parameters.list.1 must be integer'],
  ],
  ['several types', { v: { type: ['string', 'null'] } }, { v: 1 }, ['parameters.v must be string or null']],
  ['no parameters at all', {}, { a: 1 }, ['parameters.a is unknown: the action takes no parameters']],
  ['a constant', { c: { const: 3 } }, { c: 4 }, ['parameters.c must be 3']],
  ['a text that is a number', { n: { type: 'integer' } }, { n: '3' }, ['parameters.n must be integer']],
])('%s', ([, schema, parameters, expected]) => {
  expect(problems(schema, parameters)).toEqual(expected);
});

test('defaults are filled in, also for what is required', () => {
  const parameters: JsonObject = {};

  expect(problems({ name: { type: 'string', default: 'World', required: true } }, parameters)).toEqual([]);
  expect(parameters).toEqual({ name: 'World' });
});

test('one answer does not share its default with the next', () => {
  const validate = compileParameters(parameterSchema.parse({ tags: { type: 'array', default: [] } }));
  const first: JsonObject = {};
  validate(first);
  Object.assign(first, { tags: Object.assign(first['tags'] ?? [], { 0: 'changed' }) });
  const second: JsonObject = {};
  validate(second);

  expect(second).toEqual({ tags: [] });
});

describe('hostile input', () => {
  test('a pattern that takes for ever is cut off', () => {
    const schema = { name: { type: 'string', pattern: '^(a+)+$' } };

    expect(problems(schema, { name: `${'a'.repeat(60)}!` })).toEqual([
      "parameters can't be matched against the patterns of this action in time: shorten the text",
    ]);
    expect(problems(schema, { name: 'aaa' })).toEqual([]);
    expect(problems(schema, { name: 'b' })).toEqual(['parameters.name must match pattern "^(a+)+$"']);
  });

  test('a pattern with escapes of other languages works', () => {
    expect(problems({ name: { pattern: '^[\\w\\-]+\\@x$' } }, { name: 'a-b@x' })).toEqual([]);
  });

  test('a huge wrong list is told one problem, not millions', () => {
    const found = problems(
      { list: { items: { type: 'string' } } },
      { list: Array.from({ length: 200_000 }, () => 1) },
    );

    expect(found).toEqual(['parameters.list.0 must be string']);
  });

  test('names of JavaScript are no parameters', () => {
    for (const name of ['constructor', 'toString', 'valueOf']) {
      expect(parameterSchema.safeParse(named(name, {})).success).toBe(false);
      expect(problems({ a: {} }, named(name, 1))).toHaveLength(1);
    }
    // zod leaves this one out by itself.
    expect(Object.keys(parameterSchema.parse(named('__proto__', {})))).toEqual([]);
    expect(problems({ a: {} }, named('__proto__', 1))).toHaveLength(1);
  });

  test('the values of secrets, and the keys inside of them, are never quoted', () => {
    const schema = {
      login: {
        type: 'object',
        secret: true,
        properties: { user: { type: 'string', pattern: '^x+$' }, kind: { enum: ['a'] } },
        additionalProperties: false,
      },
      token: { type: 'string', secret: true, minLength: 100 },
      number: { type: 'integer', secret: true },
    };
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{12,20}$/), (value) => {
        const found = problems(schema, {
          login: { user: value, kind: value, [value]: 1 },
          token: value,
          number: value,
        });
        expect(found.length).toBeGreaterThan(3);
        expect(found.join('\n')).not.toContain(value);
      }),
      { numRuns: 20 },
    );
  });
});
