import { expect, test } from 'vitest';
import { parameterSchema } from '../../../../src/contract/parameter-schema.ts';
import { createSchemaCheck } from '../../../../src/packs/parameters/check-schema.ts';

const check = createSchemaCheck();

test.for<[string, unknown, string, RegExp]>([
  ['a keyword of the wrong type', { minimum: 'x' }, 'p.minimum', /must be number/],
  ['an unknown type inside', { items: { type: 'zahl' } }, 'p.items.type', /must be equal to one of/],
  ['a broken pattern', { pattern: '(' }, 'p', /Unterminated group/],
  ['a broken pattern inside', { items: { pattern: '[' } }, 'p', /Invalid regular expression/],
  ['a reference to nowhere', { $ref: '#/nowhere' }, 'p', /can't resolve reference/],
  ['a reference to the network', { $ref: 'https://example.com/schema.json' }, 'p', /can't resolve reference/],
  ['a default of the wrong type', { type: 'integer', default: 'x' }, 'p.default', /must be integer/],
  [
    'a default that is wrong inside',
    { properties: { a: { type: 'string' } }, default: { a: 1 } },
    'p.default',
    /a must be string/,
  ],
])('%s', ([, definition, field, message]) => {
  const [problem, ...others] = check(parameterSchema.parse({ good: { type: 'string' }, p: definition }));

  expect(others).toEqual([]);
  expect(problem?.field.join('.')).toBe(field);
  expect(problem?.message).toMatch(message);
});

test('a good schema has no problems', () => {
  const schema = {
    text: { type: 'string', minLength: 1, pattern: '^a', default: 'a', description: 'Text', title: 'x' },
    list: { type: 'array', items: { type: 'integer' }, required: true },
    custom: { 'x-order': 3, type: 'any', format: 'hostname' },
  };

  expect(check(parameterSchema.parse(schema))).toEqual([]);
});
