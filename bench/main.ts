/**
 * `npm run bench`: what the system costs, as ratios in one run. `--json` for programs, `--total N` executions a road.
 * `--profile` tells instead where the CPU time of an execution goes.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { postgresSources } from '../test/support/servers/postgres-sources.ts';
import { rabbitmqSources } from '../test/support/servers/rabbitmq-sources.ts';
import { anyAvailable, startFrom } from '../test/support/servers/source.ts';
import { measureRoad } from './measure.ts';
import { profileRoad } from './profile.ts';
import type { Roads } from './system.ts';
import { costsTable, figuresTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    profile: { type: 'boolean' },
    total: { type: 'string', default: '1500' },
  },
});
const total = Number(values.total);

const say = (text: string) => values.json === true || process.stderr.write(`${text}\n`);

const database = await startFrom(postgresSources());
const broker = (await anyAvailable(rabbitmqSources())) ? await startFrom(rabbitmqSources()) : undefined;
try {
  if (values.profile === true)
    show({ roads: await onEachRoad(profileRoad) }, ({ roads }) => costsTable(roads));
  else await measure();
} finally {
  await broker?.stop();
  await database.stop();
}

async function measure(): Promise<void> {
  const roads = await onEachRoad(measureRoad);
  const machine = { cpus: cpus().length, memory_gb: Math.round(totalmem() / 2 ** 30) };
  show({ machine, roads }, () => figuresTable(roads));
}

function show<Report>(report: Report, draw: (report: Report) => string): void {
  console.log(values.json === true ? JSON.stringify(report) : draw(report));
}

async function onEachRoad<Result>(
  run: (roads: Roads, total: number) => Promise<Result>,
): Promise<Record<string, Result>> {
  say('over PostgreSQL …');
  const postgresql = await withDatabase('bench_postgresql', (databaseUrl) =>
    run({ databaseUrl, amqpUrl: undefined }, total),
  );
  if (broker === undefined) {
    say('over RabbitMQ: not measured, no RabbitMQ on this machine');
    return { postgresql };
  }
  say('over RabbitMQ …');
  const amqpUrl = broker.url;
  const rabbitmq = await withDatabase('bench_rabbitmq', (databaseUrl) =>
    run({ databaseUrl, amqpUrl }, total),
  );
  return { postgresql, rabbitmq };
}

/** Runs `use` with a database of its own. */
async function withDatabase<Result>(name: string, use: (url: string) => Promise<Result>): Promise<Result> {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`DROP DATABASE IF EXISTS ${name}`);
  await sql.unsafe(`CREATE DATABASE ${name}`);
  const url = new URL(database.url);
  url.pathname = name;
  try {
    return await use(url.href);
  } finally {
    await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await sql.end();
  }
}
