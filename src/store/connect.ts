import postgres from 'postgres';
import { backoffDelay } from '../shared/backoff.ts';
import { arraySerializers } from './array-types.ts';
import { Listeners } from './listeners.ts';
import { createConnector } from './socket.ts';

export { databaseError } from './database-error.ts';

/** A connection pool of postgres.js: every function of the store takes it first. */
export type Sql = postgres.Sql<StoreTypes>;

/** What a pool and a transaction have in common. */
export type Queries = postgres.ISql<StoreTypes>;

/** A part of a statement, to be put into others. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** `int8` as a number (ids stay below 2^53), times as ISO 8601 text in UTC. */
type StoreTypes = { bigint: number; time: string };

export interface DatabaseOptions {
  /** Shown by PostgreSQL as the `application_name`. */
  readonly name: string;
  /** Most connections at a time; each listener adds one. */
  readonly connections: number;
}

const connectSeconds = 10;
/** Short, because a worker that misses heartbeats for too long counts as lost. */
const reconnectBackoff = { first: 50, most: 1000 };

/** Opens a pool. It connects when first used, and again whenever a connection is lost. Whoever opens it calls `end`. */
export function openDatabase(url: string, { name, connections }: DatabaseOptions): Sql {
  const sql = postgres(url, { ...settings(name), max: connections });
  Object.assign(sql.options.serializers, arraySerializers);
  const listeners = new Listeners((hooks) =>
    postgres(url, { ...settings(name), ...listeningSettings, ...hooks }),
  );
  const end = sql.end.bind(sql);
  return Object.assign(sql, {
    listen: listeners.listen.bind(listeners),
    end: async (options?: { timeout?: number | undefined }) =>
      void (await Promise.all([listeners.end(), end(options)])),
  });
}

/** A pool of one connection: what it is given runs in that order, and one backend of PostgreSQL has it all in its caches. */
export type Lane = Sql & { readonly lane: true };

/** Opens a lane, as `openDatabase` opens a pool. */
export function openLane(url: string, name: string): Lane {
  return Object.assign(openDatabase(url, { name, connections: 1 }), { lane: true as const });
}

/** A connection that only listens stays for ever. */
const listeningSettings = { max: 1, idle_timeout: 0, max_lifetime: 0 };

/**
 * The statements are made so that one plan is right for all parameters and all sizes of the tables: look up by an index, one by one.
 * Planning costs more than most of them do. A plan that was made while a table was new would walk through all of it, until the
 * first statistics are taken.
 */
const planning = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  // A walk that can't be avoided seems to be worth a compilation then.
  jit: 'off',
};

function settings(name: string) {
  return {
    connect_timeout: connectSeconds,
    socket: createConnector(),
    // See array-types.ts.
    fetch_types: false,
    backoff: (tries: number) => backoffDelay(tries, reconnectBackoff) / 1000,
    connection: { application_name: name, ...planning },
    onnotice: () => undefined,
    types: {
      bigint: { to: 20, from: [20], serialize: (id: number) => String(id), parse: Number },
      time: { to: 1184, from: [1082, 1114, 1184], serialize: (time: string) => time, parse: toIsoTime },
    },
  };
}

/** The `json` type of PostgreSQL (its oid), which keeps the text as it is; `jsonb` would refuse `\u0000`. */
const jsonType = 114;

/** A value for a parameter of type `json`; null is SQL's NULL. */
export function json(sql: Queries, value: unknown): postgres.Parameter<unknown> {
  return sql.typed(value, jsonType);
}

function toIsoTime(text: string): string {
  return new Date(text).toISOString();
}
