import { request, Agent } from 'node:http';
import * as z from 'zod';
import { jsonValue } from '../src/contract/parameter-schema.ts';

const view = z.object({ state: z.string(), result: z.object({ data: jsonValue }).nullable() });
type View = z.infer<typeof view>;

/** Runs `total` executions, `parallel` at a time. @returns milliseconds that each took, and the whole */
export async function load(
  total: number,
  parallel: number,
  one: (index: number) => Promise<void>,
): Promise<{ each: number[]; whole: number }> {
  const each: number[] = [];
  let next = 0;
  const begin = performance.now();
  const lane = async () => {
    while (next < total) {
      const index = next++;
      const start = performance.now();
      await one(index);
      each.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return { each, whole: performance.now() - begin };
}

/** A client of the API that keeps its connections: it must cost as little as possible, it shares the machine. */
export function createClient(url: string): (action: string, parameters: object) => Promise<View> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  return (action, parameters) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ action, parameters, wait: 60 });
      const asked = request(
        {
          agent,
          hostname,
          port,
          method: 'POST',
          path: '/api/v1/executions/execute',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => (text += piece));
          answer.on('end', () => {
            const parsed = view.safeParse(JSON.parse(text));
            if (parsed.data?.state === 'completed') resolve(parsed.data);
            else reject(new Error(`${action} did not complete: ${text}`));
          });
        },
      );
      asked.on('error', reject).end(body);
    });
}

/** The value below which `share` of all lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
