import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Confinement } from '../../../../src/agent/host/confinement.ts';
import type {
  Job,
  JobExit,
  JobSpecification,
  OutputReceiver,
  ProcessHost,
} from '../../../../src/agent/host/process-host.ts';

/** An executable that misbehaves. */
export function hostile(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/hostile/${name}`, import.meta.url));
}

/** As it is without any setting. */
export const unconfined: Confinement = {
  umask: 0o022,
  user: undefined,
  nice: 0,
  limits: [],
  noNewPrivileges: false,
};

export interface Trial {
  readonly job: Job;
  /** Resolves when stdout has said `ready`. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ended>;
}

export interface Ended extends Omit<JobExit, 'survivors'> {
  readonly stdout: string;
  readonly stderr: string;
  /** Processes that bear this trial's token in their environment or arguments. */
  readonly survivors: number[];
}

/** Starts a program with a token by which all that it leaves behind is found. The token is also its last argument. */
export async function startTrial(
  host: ProcessHost,
  argv: readonly [string, ...string[]],
  changes: Partial<JobSpecification> & { readonly receive?: OutputReceiver } = {},
): Promise<Trial> {
  const token = randomUUID();
  const seen = { stdout: '', stderr: '' };
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const job = await host.start(
    {
      argv: [...argv, token],
      environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TRIAL: token },
      workingDirectory: '/',
      stdin: Buffer.from('{}\n'),
      timeoutMilliseconds: 30_000,
      graceMilliseconds: 200,
      outputLimit: 10 * 1024 * 1024,
      record: new Uint8Array(),
      confinement: unconfined,
      ...changes,
    },
    (stream, bytes, offset) => {
      if (changes.receive !== undefined) return changes.receive(stream, bytes, offset);
      seen[stream] += Buffer.from(bytes).toString('latin1');
      if (seen.stdout.includes('ready')) resolve();
      return undefined;
    },
  );
  const ended = job.exited.then((exit) => {
    job.release();
    return { ...seen, ...exit, survivors: findBearers(token) };
  });
  return { job, ready, ended };
}

/** Starts a program and waits for its end. */
export async function runTrial(...trial: Parameters<typeof startTrial>): Promise<Ended> {
  const { ended } = await startTrial(...trial);
  return ended;
}

/** Processes that bear a token in their environment or arguments. */
export function findBearers(token: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && (bears(pid, 'environ', token) || bears(pid, 'cmdline', token)));
}

function bears(pid: number, file: string, token: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/${file}`).includes(token);
  } catch {
    return false;
  }
}
