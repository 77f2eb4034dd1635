import type { Command } from 'commander';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { readCaBundle } from '../../shared/certificates/read-bundle.ts';
import { caBundleSetting } from '../../shared/config/ca-bundle.ts';
import { connectionSettings } from '../../shared/config/connections.ts';
import { describeSettings } from '../../shared/config/describe.ts';
import { readConfiguration, type Sources } from '../../shared/config/read.ts';
import { flagOf, variableOf } from '../../shared/config/setting.ts';
import { AttuneError } from '../../shared/errors.ts';
import { globalOptions, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { writeAgentFile } from '../embedded-postgres/agent-file.ts';
import { lastingKey } from '../embedded-postgres/lasting-key.ts';
import { defaultDataDirectory, embeddedSettings } from '../embedded-postgres/settings.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres/start.ts';

/** `attune server`: the flags are the settings of the server, those that are no secrets. */
export async function define(command: Command, context: Context): Promise<void> {
  const { server } = await context.parts.settings();
  const settings = { ...server, ...embeddedSettings };
  const schema = globalOptions.extend({ config: z.string().optional() });
  command.option('--config <file>', 'YAML file with settings');
  for (const { flag, description, default: value } of describeSettings(settings))
    if (flag !== null && flag !== globalFlag)
      command.option(`${flag} <value>`, `${description}${value === null ? '' : ` (default: ${value})`}`);
  command.addHelpText('after', afterHelp);

  onCall(command, { context, schema }, async ({ options }) => {
    const sources = {
      flags: { ...givenFlags(command), [globalFlag]: options.caBundle },
      environment: context.environment,
      file: options.config,
    };
    // Everything that is wrong is said before anything is started.
    readConfiguration(settings, sources);
    const { caBundle } = readConfiguration({ caBundle: caBundleSetting }, sources);
    if (caBundle !== undefined) readCaBundle(caBundle);
    await serve(context, sources);
  });
}

/** A setting of the server that every command has. */
const globalFlag = flagOf(caBundleSetting);

const afterHelp = `
Every setting can also be given as a variable or in the file that --config names; "attune config" lists them
all, the secret ones included, which have no flag.

Where ATTUNE__DATABASE__URL is not set, the server starts a PostgreSQL of its own and keeps its data in
--data-dir. Where ATTUNE__MESSAGE_QUEUE__URL is not set, PostgreSQL carries the messages as well.

Examples:
  attune server
  attune server --server-port 9000 --data-dir ./data
  ATTUNE__DATABASE__URL_FILE=/run/secrets/database attune server --config attune.yaml`;

async function serve(context: Context, sources: Sources): Promise<void> {
  const interrupted = new Promise((interrupt) => context.onInterrupt(interrupt));
  const database = await openDatabase(context, sources);
  try {
    const server = await context.parts.startServer(database.sources);
    context.errors.write(`Attune listens on ${server.url}. Ctrl-C stops it.\n`);
    try {
      await Promise.race([interrupted, database.lost()]);
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
  }
}

/** Packs live beside the data of a server that keeps its own, where nobody says otherwise. */
const ownPacks = { ...connectionSettings.packsDirectory, schema: z.string().min(1).optional() };

interface Database {
  readonly sources: Sources;
  /** Rejects when a database of our own is gone. */
  lost(): Promise<never>;
  close(): Promise<void>;
}

async function openDatabase(context: Context, sources: Sources): Promise<Database> {
  const given = readConfiguration(
    { ...connectionSettings, packsDirectory: ownPacks, ...embeddedSettings },
    sources,
  );
  if (given.databaseUrl !== undefined)
    return { sources, lost: () => new Promise(() => undefined), close: () => Promise.resolve() };
  const home = { root: process.getuid?.() === 0, environment: context.environment, folder: homedir() };
  const folder = resolve(given.dataDirectory ?? defaultDataDirectory(home));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') });
  const connection = {
    databaseUrl: postgres.url,
    encryptionKey: given.encryptionKey ?? (await lastingKey(folder)),
    packsDirectory: given.packsDirectory ?? join(folder, 'packs'),
  };
  const agentFile = await writeAgentFile(folder, connection);
  context.errors.write(`PostgreSQL of its own, with its data in ${folder}\n`);
  context.errors.write(`A worker of this machine joins with: attune-agent --config ${agentFile}\n`);
  const environment = {
    ...sources.environment,
    [variableOf(connectionSettings.databaseUrl)]: connection.databaseUrl,
    [variableOf(connectionSettings.encryptionKey)]: connection.encryptionKey,
    [variableOf(ownPacks)]: connection.packsDirectory,
  };
  return { sources: { ...sources, environment }, lost: () => loss(postgres), close: () => postgres.stop() };
}

async function loss(postgres: EmbeddedPostgres): Promise<never> {
  const status = await postgres.exited;
  throw new AttuneError('embedded_postgres_failed', `The embedded PostgreSQL ended with status ${status}.`);
}

function givenFlags(command: Command): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (option.long !== undefined && option.long !== null && typeof value === 'string')
      flags[option.long] = value;
  }
  return flags;
}
