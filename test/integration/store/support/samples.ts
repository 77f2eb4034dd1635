import { Readable } from 'node:stream';
import { actionDefinition } from '../../../../src/contract/action.ts';
import type { Capabilities } from '../../../../src/contract/capability.ts';
import type { ExecutionResult, LogChunk, Outcome } from '../../../../src/contract/outcome.ts';
import { packDefinition } from '../../../../src/contract/pack.ts';
import type { Attempt, Registered, WorkerRegistration } from '../../../../src/contract/worker.ts';
import type { Sql } from '../../../../src/store/connect.ts';
import { insertExecutions, type NewExecution } from '../../../../src/store/executions/insert.ts';
import type { NewPack } from '../../../../src/store/packs.ts';
import { registerWorker } from '../../../../src/store/workers.ts';

let numbers = 0;

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  numbers += 1;
  return `${prefix}-${numbers}`;
}

export function sampleCapabilities(change: Partial<Capabilities> = {}): Capabilities {
  return {
    runtimes: [{ name: 'python', version: '3.12.1' }, { name: 'shell' }],
    labels: {},
    architecture: 'x86_64',
    cpus: 2,
    memory_bytes: 1_000_000,
    gpus: [],
    ...change,
  };
}

export function sampleRegistration(change: Partial<WorkerRegistration> = {}): WorkerRegistration {
  return {
    name: uniqueName('worker'),
    slots: 2,
    capabilities: sampleCapabilities(),
    runtimes: [],
    agent: { version: '1.0.0', commit: 'abc', architecture: 'x64' },
    ...change,
  };
}

/** An attempt and the worker that has it. */
export type OwnAttempt = Attempt & { readonly worker: number };

/** A worker in a pool of its own. */
export function newWorker(sql: Sql, change: Partial<WorkerRegistration> = {}): Promise<Registered> {
  return registerWorker(sql, sampleRegistration({ pool: uniqueName('pool'), ...change }));
}

export function sampleExecution(
  placement: NewExecution['placement'],
  change: Partial<NewExecution> = {},
): NewExecution {
  return {
    action: 'sample.echo',
    packDigest: 'digest of sample',
    parameters: { text: 'hello' },
    secretParameters: null,
    requirement: { runtimes: { shell: '*' }, labels: {} },
    runtime: 'shell',
    timeout: 300,
    retry: null,
    retryOf: null,
    placement,
    ...change,
  };
}

/** An execution that is scheduled to the pool; its id. */
export async function scheduledExecution(
  sql: Sql,
  pool: string,
  change: Partial<NewExecution> = {},
): Promise<number> {
  const [inserted] = await insertExecutions(sql, [sampleExecution({ pool }, change)]);
  if (inserted === undefined) throw new Error('nothing was inserted');
  return inserted.execution;
}

export function sampleResult(change: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    exit_code: 0,
    signal: null,
    succeeded: true,
    duration_ms: 12,
    data: null,
    error: null,
    stdout: { bytes: 0, dropped: 0 },
    stderr: { bytes: 0, dropped: 0 },
    peak_memory_bytes: null,
    cpu_ms: null,
    ...change,
  };
}

export function sampleOutcome(
  state: Outcome['state'] = 'completed',
  change: Partial<ExecutionResult> = {},
): Outcome {
  return { state, result: sampleResult(change) };
}

export function chunk(
  sequence: number,
  offset: number,
  text: string,
  stream: LogChunk['stream'] = 'stdout',
): LogChunk {
  return { stream, sequence, offset, bytes: Buffer.from(text) };
}

export function samplePack(ref: string, change: Partial<NewPack> = {}): NewPack {
  return {
    definition: packDefinition.parse({ ref }),
    digest: `digest of ${ref}`,
    archive: () => Readable.from([Buffer.from('archive')]),
    actions: [actionDefinition.parse({ ref: `${ref}.echo`, entry_point: 'echo.sh' })],
    runtimes: [],
    ...change,
  };
}
