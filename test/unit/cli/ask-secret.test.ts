import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { askSecret } from '../../../src/cli/ask-secret.ts';

/** Asks somebody who types this. */
async function typing(keys: string) {
  const input = new PassThrough();
  const output = new PassThrough();
  const asked = askSecret('Value of company.pypi: ', input, output);
  input.write(keys);
  const answer = await asked.finally(() => output.end());
  return { answer, shown: await text(output) };
}

test('what is typed is taken, corrections included, and does not appear', async () => {
  expect(await typing('hush-hushs\u007F\r')).toEqual({
    answer: 'hush-hush',
    shown: 'Value of company.pypi: \n',
  });
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s gives up', async (_name, key) => {
  await expect(typing(key)).rejects.toMatchObject({ code: 'invalid_arguments' });
});
