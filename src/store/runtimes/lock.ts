import type { Queries } from '../connect.ts';

/** Any number that nothing else in the database locks. */
const runtimesLock = 0x61_74_74_72;

/** Until the transaction ends, nobody else adds a runtime: two that are the same by an alias would both be stored. */
export async function lockRuntimes(transaction: Queries): Promise<void> {
  await transaction`SELECT pg_advisory_xact_lock(${runtimesLock})`;
}
