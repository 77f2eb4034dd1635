import type { Attempt, KeptAttempt } from '../../contract/worker.ts';
import type { Queries } from '../connect.ts';
import { epochsOf, executionsOf } from '../executions/attempts.ts';
import { inState } from '../executions/in-state.ts';
import { withLogEnds } from '../executions/log-ends.ts';

/**
 * A worker and those that went on in its place, one after the other; empty where nobody knows it. An agent may name an earlier
 * one than the last: it, or the one before it, died before the answer to its registration was known.
 */
export async function lineOf(sql: Queries, worker: number): Promise<number[]> {
  const line = await sql<{ id: number }[]>`
    WITH RECURSIVE line AS (
      SELECT id, successor FROM worker WHERE id = ${worker}
      UNION ALL
      SELECT worker.id, worker.successor FROM worker JOIN line ON worker.id = line.successor
    )
    SELECT id FROM line ORDER BY id`;
  return line.map(({ id }) => id);
}

interface Line {
  /** From the first worker that died to the last, at least one. */
  readonly line: readonly number[];
  /** Those that have begun. */
  readonly attempts: readonly Attempt[];
}

/**
 * Puts a new worker at the end of a line: attempts of the line that have begun are its own from now on, as far as they still
 * run. What is left under the line never began. The caller has registrations to itself.
 */
export async function succeed(
  sql: Queries,
  worker: number,
  { line, attempts }: Line,
): Promise<KeptAttempt[]> {
  await append(sql, worker, line);
  const kept = await takeOver(sql, worker, { line, attempts });
  // Only now, in a statement of its own: all that the dead agent still wrote is there, and nothing comes after it.
  return withLogEnds(sql, kept);
}

/** Who goes on for a cordoned worker is cordoned, too; one that was lost has cordoned itself, maybe, to take nothing more. */
async function append(sql: Queries, worker: number, line: readonly number[]): Promise<void> {
  await sql`
    WITH last AS (
      UPDATE worker SET successor = ${worker} WHERE id = ${line.at(-1) ?? null} RETURNING cordoned, status
    )
    UPDATE worker SET cordoned = last.cordoned AND last.status <> 'lost' FROM last WHERE id = ${worker}`;
}

async function takeOver(sql: Queries, worker: number, { line, attempts }: Line): Promise<Attempt[]> {
  const ordered = attempts.toSorted((one, other) => one.execution - other.execution);
  return sql<Attempt[]>`
    UPDATE execution SET worker = ${worker}
    FROM unnest(${executionsOf(ordered)}::bigint[], ${epochsOf(ordered)}::integer[]) AS attempt (execution, epoch)
    WHERE id = attempt.execution AND execution.epoch = attempt.epoch
      AND execution.worker = ANY (${[...line]}::bigint[]) AND ${inState(sql, 'running', 'canceling')}
    RETURNING id AS execution, execution.epoch`;
}
