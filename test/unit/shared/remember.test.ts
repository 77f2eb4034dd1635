import { expect, test } from 'vitest';
import { remember } from '../../../src/shared/remember.ts';

test('the same text gets the very same answer, without being asked again', () => {
  const asked: string[] = [];
  const read = remember((text) => {
    asked.push(text);
    return { text };
  });
  expect(read('a')).toBe(read('a'));
  expect(read('b')).toEqual({ text: 'b' });
  expect(asked).toEqual(['a', 'b']);
});

test('not everything is remembered for ever', () => {
  const read = remember((text) => ({ text }));
  const first = read('first');
  for (let index = 0; index < 5000; index += 1) read(String(index));
  expect(read('first')).not.toBe(first);
  expect(read('first')).toEqual(first);
});
