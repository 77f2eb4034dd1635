import { expect, test } from 'vitest';
import { toJsonSchema } from '../../../../src/packs/parameters/json-schema.ts';

test('the flat schema becomes one schema of an object that allows nothing else', () => {
  expect(
    toJsonSchema({ name: { type: 'string', required: true, secret: true }, count: { minimum: 1 } }),
  ).toEqual({
    type: 'object',
    properties: { name: { type: 'string' }, count: { minimum: 1 } },
    required: ['name'],
    additionalProperties: false,
  });
});

test('required stands at the property, at any depth, or is a list in the way of JSON Schema', () => {
  const schema = toJsonSchema({
    database: {
      type: 'object',
      required: ['user'],
      properties: { host: { type: 'string', required: true }, user: { type: 'string' } },
    },
    rows: { type: 'array', items: { properties: { id: { required: true } } } },
  });

  expect(schema['required']).toEqual([]);
  expect(schema['properties']).toMatchObject({
    database: { required: ['host', 'user'], properties: { host: { type: 'string' } } },
    rows: { items: { required: ['id'], properties: { id: {} } } },
  });
});

test('any excludes nothing', () => {
  const schema = toJsonSchema({ one: { type: 'any' }, many: { type: ['any', 'string'] } });

  expect(schema['properties']).toEqual({
    one: {},
    many: { type: ['string', 'number', 'boolean', 'object', 'array', 'null'] },
  });
});
