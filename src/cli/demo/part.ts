import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../../shared/errors.ts';
import { startTethered } from '../tethered/start-tethered.ts';
import type { Cleanups } from './cleanups.ts';
import type { Environment } from './environment.ts';

/** How long a part may take to stop. */
const stopSeconds = 15;

export interface PartOptions {
  readonly folder: string;
  readonly environment: Environment;
  readonly cleanups: Cleanups;
}

/** Starts a program whose log is `<name>.log`. `end` rejects when it is gone. */
export async function startPart(
  name: string,
  argv: readonly [string, ...string[]],
  { folder, environment, cleanups }: PartOptions,
): Promise<{ readonly end: Promise<never> }> {
  const logFile = join(folder, `${name}.log`);
  const log = await open(logFile, 'a', 0o600);
  const program = startTethered({ argv, stopSignal: 'TERM', environment, output: log.fd });
  cleanups.add(name, () => program.stop(stopSeconds));
  await log.close();
  const end = reportEnd(name, logFile, program.exited);
  // When the demo itself stops its parts, nobody asks any more.
  end.catch(() => undefined);
  return { end };
}

/** Rejects with the end of the log when a part is gone. */
export async function reportEnd(name: string, logFile: string, exited: Promise<number>): Promise<never> {
  const status = await exited;
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const lines = log.trim().split('\n').slice(-5).join('\n  ');
  throw new AttuneError(
    'demo_part_failed',
    `The demo's ${name} ended with status ${status}; its log ends with:\n  ${lines}`,
  );
}
