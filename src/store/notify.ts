import * as z from 'zod';
import { executionState, type ExecutionState } from '../contract/execution-state.ts';
import type { Sql } from './connect.ts';
import type { ExecutionEnd } from './executions/end-notice.ts';

/**
 * The channels of NOTIFY and what they carry. They are hints, like every message: whoever listens also looks at the tables
 * now and then.
 */
export interface Payloads {
  /** A pool has something to claim: its name. */
  readonly attune_ready: string;
  /** An execution reached a terminal state; `end` says all about it, where that is short. */
  readonly attune_execution: {
    execution: number;
    epoch: number;
    state: ExecutionState;
    end?: ExecutionEnd | undefined;
  };
  /** An execution has more log. */
  readonly attune_log: { execution: number };
  /** A running execution shall be cancelled. */
  readonly attune_cancel: { execution: number };
  /** Packs, actions or runtimes changed. */
  readonly attune_catalog: '';
  /** Workers came or went, or were cordoned or uncordoned. */
  readonly attune_pools: '';
}
export type Channel = keyof Payloads;

const execution = z.int().positive();

const payloads: { readonly [Name in Channel]: z.ZodType<Payloads[Name]> } = {
  attune_ready: z.string(),
  attune_execution: jsonText(
    z.object({
      execution,
      epoch: z.int().nonnegative(),
      state: executionState,
      // As trustworthy as a row: it was made of one, by end-notice.ts.
      end: z.custom<ExecutionEnd>().optional(),
    }),
  ),
  attune_log: jsonText(z.object({ execution })),
  attune_cancel: jsonText(z.object({ execution })),
  attune_catalog: z.literal(''),
  attune_pools: z.literal(''),
};

export interface Listening {
  stop(): Promise<void>;
}

/**
 * Listens on a channel until stopped, over a connection that all listeners of `sql` share; it is brought back whenever it is
 * lost. What was sent in between is lost: `onReconnect` is the time to look. Unreadable payloads are dropped.
 */
export async function listen<Name extends Channel>(
  sql: Sql,
  channel: Name,
  onPayload: (payload: Payloads[Name]) => void,
  onReconnect: () => void = () => undefined,
): Promise<Listening> {
  let connected = false;
  const listening = await sql.listen(
    channel,
    (text) => {
      const parsed = payloads[channel].safeParse(text);
      if (parsed.success) onPayload(parsed.data);
    },
    () => {
      if (connected) onReconnect();
      connected = true;
    },
  );
  return { stop: () => listening.unlisten() };
}

function jsonText<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
