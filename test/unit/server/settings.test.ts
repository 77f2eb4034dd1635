import { expect, test } from 'vitest';
import { serverSettings } from '../../../src/server/settings.ts';

const { schema } = serverSettings.agentToken;

test.each(['0123456789abcdef', 'base64+/letters==', 'with-._~many.signs'])('%s is a token', (token) => {
  expect(schema.safeParse(token).success).toBe(true);
});

test.each([
  'too-short',
  '',
  'sixteen letters!',
  'quote"inside-the-token',
  'line\nbreak-inside-it',
  '$(injection-of-it)',
])('%j is none', (token) => {
  expect(schema.safeParse(token).success).toBe(false);
});
