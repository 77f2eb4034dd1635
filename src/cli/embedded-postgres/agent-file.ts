import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface AgentConnection {
  readonly databaseUrl: string;
  readonly encryptionKey: string;
  readonly packsDirectory: string;
}

/**
 * Writes what an agent of this machine needs to work for a server that keeps its own PostgreSQL, for our eyes only.
 * @returns the path, for `attune-agent --config`
 */
export async function writeAgentFile(folder: string, connection: AgentConnection): Promise<string> {
  const file = join(folder, 'agent.yaml');
  const content = stringify({
    database: { url: connection.databaseUrl },
    security: { encryption_key: connection.encryptionKey },
    packs_base_dir: connection.packsDirectory,
    runtime_envs_dir: join(folder, 'runtime_envs'),
    artifacts_dir: join(folder, 'artifacts'),
  });
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}
