import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';

/**
 * An image that the tests know, which is pulled or made once for all of them: that may take minutes.
 * @returns what Docker knows it by here
 */
export async function getImage({ name }: { readonly name: string }): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // Unlike fetch, this waits for an answer as long as it takes.
  get(`${inject('testRun').control}/image/${encodeURIComponent(name)}`, resolve).once('error', reject);
  const response = await promise;
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`${name}: ${answer}`);
  return answer;
}
