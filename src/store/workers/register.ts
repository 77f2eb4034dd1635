import type { Capabilities } from '../../contract/capability.ts';
import type { WorkerView } from '../../contract/api/worker.ts';
import type { Predecessor, Registered, WorkerRegistration } from '../../contract/worker.ts';
import { unplaceUnlike } from '../executions/schedule.ts';
import { json, type Queries, type Sql } from '../connect.ts';
import { capabilityHash, derivedPoolName, suffixedPoolName } from './pool-name.ts';
import { findWorker } from './read.ts';
import { lineOf, succeed } from './succeed.ts';

/** Any number that nothing else in the database locks: registrations, and what they decide about pools, come one by one. */
const registrationLock = 0x61_74_74_77;

/**
 * Makes a new worker of an agent that starts, in the pool that it names or one derived from its capabilities. A pool is all
 * workers of one name that offer the same: where live workers of the named pool offer something else, the new one joins
 * `<name>-<hash>`. An online worker of the same name is `replaced`, and so is the predecessor, with whose attempts the new one goes on.
 */
export async function registerWorker(
  sql: Sql,
  registration: WorkerRegistration,
  predecessor?: Predecessor,
): Promise<Registered> {
  const { name, slots, capabilities, agent } = registration;
  return sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${registrationLock})`;
    const line = predecessor === undefined ? [] : await lineOf(transaction, predecessor.worker);
    await transaction`
      UPDATE worker SET status = 'replaced', busy = 0
      WHERE (name = ${name} OR id = ANY (${line}::bigint[])) AND status = 'online'`;
    const pool = await joinPool(transaction, registration);
    const [row] = await transaction<{ worker: number }[]>`
      INSERT INTO worker (name, pool, slots, capabilities, agent)
      VALUES (${name}, ${pool}, ${slots}, ${json(sql, capabilities)}, ${json(sql, agent)})
      RETURNING id AS worker, pg_notify('attune_pools', '')`;
    if (row === undefined) throw new Error('INSERT answered no row');
    const attempts = predecessor?.attempts ?? [];
    const kept = line.length === 0 ? [] : await succeed(transaction, row.worker, { line, attempts });
    return { worker: row.worker, pool, kept };
  });
}

/**
 * Lets a worker offer something else, and moves it into the pool that this means; its attempts stay its own.
 * @returns the pool; `undefined` for a worker that is not online
 */
export async function renewWorker(
  sql: Sql,
  worker: number,
  registration: WorkerRegistration,
): Promise<string | undefined> {
  const { capabilities } = registration;
  return sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${registrationLock})`;
    const online =
      await transaction`SELECT FROM worker WHERE id = ${worker} AND status = 'online' FOR UPDATE`;
    if (online.length === 0) return undefined;
    const pool = await joinPool(transaction, registration, worker);
    await transaction`
      UPDATE worker SET pool = ${pool}, capabilities = ${json(sql, capabilities)} WHERE id = ${worker}
      RETURNING pg_notify('attune_pools', '')`;
    return pool;
  });
}

/** Says that a worker stops on purpose. */
export async function unregisterWorker(sql: Sql, worker: number): Promise<void> {
  await sql`
    UPDATE worker SET status = 'offline', busy = 0 WHERE id = ${worker} AND status = 'online'
    RETURNING pg_notify('attune_pools', '')`;
}

/** Cordons a worker (it takes nothing new) or lifts that. Answers the worker afterwards, `undefined` where there is none. */
export async function setCordoned(
  sql: Sql,
  worker: number,
  cordoned: boolean,
): Promise<WorkerView | undefined> {
  await sql`
    UPDATE worker SET cordoned = ${cordoned} WHERE id = ${worker} AND cordoned <> ${cordoned}
    RETURNING pg_notify('attune_pools', ''), pg_notify('attune_ready', pool)`;
  return findWorker(sql, worker);
}

/** @param worker the one that joins, where it is online already: what it offered until now does not count */
async function joinPool(
  sql: Queries,
  { pool, capabilities }: WorkerRegistration,
  worker = 0,
): Promise<string> {
  const hash = capabilityHash(capabilities);
  const name = pool ?? derivedPoolName(capabilities, hash);
  const taken = await sql`
    SELECT FROM pool WHERE name = ${name} AND capability_hash <> ${hash}
      AND EXISTS (SELECT FROM worker WHERE worker.pool = pool.name AND status = 'online' AND id <> ${worker})`;
  const joined = taken.length > 0 ? suffixedPoolName(name, hash) : name;
  await unplaceUnlike(sql, joined, hash);
  await sql`
    INSERT INTO pool (name, capabilities, capability_hash) VALUES (${joined}, ${json(sql, capabilities)}, ${hash})
    ON CONFLICT (name) DO UPDATE
    SET capabilities = excluded.capabilities, capability_hash = excluded.capability_hash, updated = now()`;
  return joined;
}

/** Whether the pool of this name offers just this. */
export async function poolOffers(sql: Sql, name: string, capabilities: Capabilities): Promise<boolean> {
  const [found] = await sql`
    SELECT FROM pool WHERE name = ${name} AND capability_hash = ${capabilityHash(capabilities)}`;
  return found !== undefined;
}
