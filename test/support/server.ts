import * as z from 'zod';
import { inject } from 'vitest';

const answer = z.object({ url: z.string(), managementUrl: z.string().optional() });

/** The URLs of a server that all tests of this run share; it is started for the first who asks. */
export async function sharedServer(name: 'postgres' | 'amqp') {
  const response = await fetch(`${inject('testRun').control}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${name}: ${text}`);
  return answer.parse(JSON.parse(text));
}
