import { resolve } from 'node:path';
import { readConfiguration } from '../../../shared/config/read.ts';
import { bytes, seconds } from '../../../shared/config/types.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type * as z from 'zod';
import { boundsOf } from '../../environments/stored/keep-within.ts';
import { pruneEnvironments } from '../../environments/stored/prune.ts';
import { agentSettings } from '../../settings.ts';
import { readArguments } from '../../start/arguments.ts';
import type { EnvSurroundings } from './env.ts';
import { formatBytes } from './format.ts';
import { toJson } from './list.ts';

/** `env prune`: removes environments that nobody has used for long, or until the others fit; never one in use. */
export async function pruneCommand(
  argv: readonly string[],
  { environment, output }: EnvSurroundings,
): Promise<number> {
  const { flags, file, json, own } = readArguments(argv, agentSettings, shape);
  const config = readConfiguration(agentSettings, { flags, environment, file });
  const usual = boundsOf(config);
  const removed = await pruneEnvironments(resolve(config.runtimeEnvironmentsDirectory), {
    mostAge: readOwn('older-than', own, seconds) ?? usual.mostAge,
    mostBytes: readOwn('max-size', own, bytes) ?? usual.mostBytes,
  });
  const freed = removed.reduce((sum, one) => sum + one.bytes, 0);
  const lines = removed.map(
    ({ pack, name, bytes: size }) => `removed ${pack}/${name}  ${formatBytes(size)}\n`,
  );
  output.write(
    json
      ? `${JSON.stringify({ removed: removed.map(toJson), bytes: freed }, null, 2)}\n`
      : `${lines.join('')}${removed.length} removed, ${formatBytes(freed)} freed\n`,
  );
  return 0;
}

const shape = { words: false, options: ['older-than', 'max-size'] };

function readOwn(
  name: string,
  own: Readonly<Record<string, string>>,
  schema: z.ZodType<number>,
): number | undefined {
  const text = own[name];
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AttuneError('invalid_arguments', `--${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
}
