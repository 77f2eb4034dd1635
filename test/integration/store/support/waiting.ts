import { expect, vi } from 'vitest';
import type { Sql } from '../../../../src/store/connect.ts';

/** Resolves when so many statements of the database wait for a lock. */
export async function untilWaiting(sql: Sql, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(waiting).toHaveLength(count);
  });
}

/** Runs `meanwhile` while nobody else can write to the execution. */
export async function whileLocked(
  sql: Sql,
  execution: number,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT FROM execution WHERE id = ${execution} FOR UPDATE`;
    await meanwhile();
  });
}
