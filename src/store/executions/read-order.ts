import type { ExecutionState } from '../../contract/execution-state.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import type { StoredRetry } from '../../contract/retry.ts';
import type { Sql } from '../connect.ts';

/** What an execution was asked for with. `secretParameters` are still sealed. */
export interface StoredOrder {
  readonly action: string;
  readonly state: ExecutionState;
  readonly parameters: JsonObject;
  readonly secretParameters: string | null;
  readonly retry: StoredRetry | null;
}

/** @returns `undefined` where there is no such execution */
export async function findOrder(sql: Sql, id: number): Promise<StoredOrder | undefined> {
  const [order] = await sql<StoredOrder[]>`
    SELECT action, state, parameters, secret_parameters AS "secretParameters", retry FROM execution WHERE id = ${id}`;
  return order;
}
