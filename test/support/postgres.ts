import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { sharedServer } from './server.ts';

/** An empty database of its own on the shared PostgreSQL. `drop` ends the connections that are left. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = await sharedServer('postgres');
  const name = `attune_test_${randomBytes(6).toString('hex')}`;
  await administer(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = name;
  return {
    url: url.href,
    drop: () => administer(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
