import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../support/postgres.ts';
import { freshBroker } from '../../support/rabbitmq.ts';
import { requires } from '../../support/requires.ts';
import { management } from '../../support/servers/rabbitmq-management.ts';

describe.skipIf(!requires('postgres'))('freshDatabase', () => {
  test('gives each caller an empty database that takes a connection', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    const sql = postgres(one.url, { max: 1 });
    const tables = await sql`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`;
    await sql.end();
    await Promise.all([one.drop(), other.drop()]);
    expect(tables).toHaveLength(0);
    expect(one.url).not.toBe(other.url);
  });
});

describe.skipIf(!requires('amqp'))('freshBroker', () => {
  test('gives each caller a virtual host, and takes it back', async () => {
    const [one, other] = await Promise.all([freshBroker(), freshBroker()]);
    const name = new URL(one.url).pathname.slice(1);
    const made = await management(one.managementUrl, 'GET', `/vhosts/${name}`);
    await Promise.all([one.drop(), other.drop()]);
    expect(made).toMatchObject({ name });
    await expect(management(one.managementUrl, 'GET', `/vhosts/${name}`)).rejects.toThrow('404');
  });
});
