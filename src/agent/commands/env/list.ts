import { resolve } from 'node:path';
import { readConfiguration } from '../../../shared/config/read.ts';
import {
  listBuilds,
  listEnvironments,
  type StoredBuild,
  type StoredEnvironment,
} from '../../environments/stored/inventory.ts';
import { agentSettings } from '../../settings.ts';
import { readArguments } from '../../start/arguments.ts';
import { alignColumns } from '../columns.ts';
import type { EnvSurroundings } from './env.ts';
import { formatAge, formatBytes } from './format.ts';

/** `env list`: the environments on this container's volume, and those that are being built. */
export async function listCommand(
  argv: readonly string[],
  { environment, output }: EnvSurroundings,
): Promise<number> {
  const { flags, file, json } = readArguments(argv, agentSettings);
  const { runtimeEnvironmentsDirectory } = readConfiguration(agentSettings, { flags, environment, file });
  const root = resolve(runtimeEnvironmentsDirectory);
  const [environments, builds] = await Promise.all([listEnvironments(root), listBuilds(root)]);
  const now = Date.now();
  const text = json
    ? JSON.stringify({ environments: environments.map(toJson), building: builds.map(buildToJson) }, null, 2)
    : alignColumns([
        ['PACK', 'RUNTIME', 'VERSION', 'SIZE', 'LAST USED', 'STATE', 'NAME'],
        ...environments.map((one) => toRow(one, now)),
        ...builds.map((one) => buildToRow(one, now)),
      ]).join('\n');
  output.write(`${text}\n`);
  return 0;
}

/** An environment for programs. */
export function toJson({ pack, runtime, version, name, folder, bytes, lastUse }: StoredEnvironment) {
  const lastUsed = new Date(lastUse).toISOString();
  return { pack, runtime, version: version ?? null, name, folder, bytes, last_used: lastUsed };
}

function toRow(
  { pack, runtime, version = '-', name, bytes, lastUse }: StoredEnvironment,
  now: number,
): string[] {
  return [pack, runtime, version, formatBytes(bytes), formatAge(now - lastUse), 'complete', name];
}

function buildToJson({ pack, hash, holder, lastSign, failed }: StoredBuild) {
  const last = new Date(lastSign).toISOString();
  return { pack, hash, holder: holder ?? null, last_sign: last, failed };
}

/** A builder writes once a second. */
const silentMilliseconds = 60_000;

function buildToRow({ pack, hash, lastSign, failed }: StoredBuild, now: number): string[] {
  const silent = now - lastSign >= silentMilliseconds;
  const state = failed ? 'failed' : silent ? 'abandoned' : 'building';
  return [pack, '-', '-', '-', formatAge(now - lastSign), state, hash];
}
