import type { JsonObject } from '../../../src/contract/parameter-schema.ts';
import type { Client } from '../../../src/cli/api/client.ts';
import { execute, showExecution } from '../../../src/cli/api/endpoints.ts';
import { streamLog } from '../../../src/cli/api/log-stream.ts';
import { isTerminal } from '../../../src/contract/execution-state.ts';

/** What became of an execution. */
export interface Ended {
  readonly state: string;
  readonly data: unknown;
  /** Its standard error, as it was streamed. */
  readonly log: string;
}

/** Runs an action, and follows its log to the end. */
export async function runAction(client: Client, action: string, parameters: JsonObject): Promise<Ended> {
  const { id } = await execute(client, { action: action, parameters: parameters });
  const signal = AbortSignal.timeout(100_000);
  let log = '';
  for await (const { event, data } of streamLog(client, { execution: id, stream: 'stderr', signal })) {
    if (event === 'chunk') log += data.text;
  }
  const { state, result, ...rest } = await showExecution(client, id);
  if (!isTerminal(state)) throw new Error(`the log ended before the execution: ${JSON.stringify(rest)}`);
  return { state, data: result?.data, log };
}
