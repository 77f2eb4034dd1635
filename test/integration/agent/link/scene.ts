import { onTestFinished, vi } from 'vitest';
import type { Assigned, Consumption, Link } from '../../../../src/agent/link/link.ts';
import type { ExecutionResult, LogChunk, Outcome } from '../../../../src/contract/outcome.ts';
import { runtimeDefinition } from '../../../../src/contract/runtime.ts';
import type {
  Attempt,
  Predecessor,
  Registered,
  WorkerRegistration,
} from '../../../../src/contract/worker.ts';
import { startProxy } from '../../../support/proxy.ts';
import { startSystem, type Environment, type RoadName, type TestSystem } from '../../../support/system.ts';

/** Where a control plane is to be reached. */
export interface Addresses {
  readonly databaseUrl: string;
  readonly brokerUrl: string | undefined;
  readonly apiUrl: string;
}

/** A kind of link: what the agents of a control plane over this road use. */
export interface LinkKind {
  readonly road: RoadName;
  readonly open: (addresses: Addresses) => Link;
  /** With a password or a token that nobody accepts; both contain `not-the-secret`. */
  readonly openRefused: (addresses: Addresses) => Link;
}

/** A control plane, and agents as far as their links are concerned; the links lead through a way that can be blocked. */
export interface Scene {
  readonly system: TestSystem;
  readonly link: () => Link;
  readonly refusedLink: () => Link;
  /** Breaks all connections of the links and refuses new ones. */
  readonly block: () => void;
  readonly restore: () => void;
  /** A worker that is connected, registered, and takes what comes into slots that it does not need for what it keeps. */
  readonly join: (change?: Partial<WorkerRegistration>, predecessor?: Predecessor) => Promise<JoinedWorker>;
}

export interface JoinedWorker {
  readonly link: Link;
  readonly registered: Registered;
  readonly consumption: Consumption;
  /** All that was assigned so far. */
  readonly taken: readonly Assigned[];
  /** Executions whose cancellation was heard. */
  readonly cancelled: readonly number[];
  /** The assignment of an execution, when it has come. */
  readonly takes: (execution: number) => Promise<Assigned>;
}

export const patience = { timeout: 30_000, interval: 20 };

export async function openScene(kind: LinkKind, settings: Environment = {}): Promise<Scene> {
  const system = await startSystem(kind.road, { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s', ...settings });
  const { databaseUrl, brokerUrl, url } = system;
  const [database, api, broker] = await Promise.all([
    startProxy(databaseUrl),
    startProxy(url),
    brokerUrl === undefined ? undefined : startProxy(brokerUrl),
  ]);
  const ways = [database, api, broker].filter((way) => way !== undefined);
  onTestFinished(async () => void (await Promise.all(ways.map((way) => way.close()))));
  const addresses = { databaseUrl: database.url, brokerUrl: broker?.url, apiUrl: api.url };
  const link = () => closedAfterwards(kind.open(addresses));

  return {
    system,
    link,
    refusedLink: () => closedAfterwards(kind.openRefused(addresses)),
    block: () => ways.forEach((way) => way.block()),
    restore: () => ways.forEach((way) => way.restore()),
    join: (change, predecessor) => joinWith(link(), change, predecessor),
  };
}

function closedAfterwards(link: Link): Link {
  onTestFinished(() => link.close());
  return link;
}

async function joinWith(
  link: Link,
  change: Partial<WorkerRegistration> = {},
  predecessor?: Predecessor,
): Promise<JoinedWorker> {
  const taken: Assigned[] = [];
  const cancelled: number[] = [];
  const registration = registrationOf(change);
  await link.connect();
  link.onCancel((execution) => cancelled.push(execution));
  const registered = await link.register(registration, predecessor);
  const consumption = await link.consume(
    { slots: registration.slots, occupied: registered.kept.length },
    (assigned) => taken.push(assigned),
  );
  const takes = (execution: number) =>
    vi.waitFor(() => {
      const found = taken.find(({ assignment }) => assignment.execution === execution);
      if (found === undefined) throw new Error(`execution ${execution} has not come`);
      return found;
    }, patience);
  return { link, registered, consumption, taken, cancelled, takes };
}

/** The shell as a worker offers it, with something special for one version. */
export const shell = runtimeDefinition.parse({
  ref: 'test.shell',
  name: 'shell',
  execution_config: { interpreter: { binary: 'sh', args: ['-e'] } },
  versions: [{ version: '5.2', execution_config: { interpreter: { binary: 'bash' } } }],
});

export function registrationOf(change: Partial<WorkerRegistration> = {}): WorkerRegistration {
  const detected = [{ name: 'shell', version: '5.2.15', path: '/bin/sh' }];
  return {
    name: `worker-${crypto.randomUUID()}`,
    slots: 2,
    capabilities: {
      runtimes: detected,
      labels: {},
      architecture: 'x86_64',
      cpus: 2,
      memory_bytes: 1_000_000,
      gpus: [],
    },
    runtimes: [{ name: 'shell', detected, template: shell }],
    agent: { version: '1.0.0', commit: 'abc', architecture: 'x64' },
    ...change,
  };
}

/** Registers actions without a script: nobody runs them here. */
export function registerAction(system: TestSystem, name: string, fields = ''): Promise<void> {
  return system.register({
    [`${name}.yaml`]: `ref: test.${name}\nentry_point: x.sh\n${fields}`,
    'x.sh': ':\n',
  });
}

export function attemptOf({ assignment: { execution, epoch } }: Assigned): Attempt {
  return { execution, epoch };
}

export function chunk(offset: number, text: string, stream: LogChunk['stream'] = 'stdout'): LogChunk {
  return { stream, sequence: offset, offset, bytes: Buffer.from(text) };
}

export function outcome(
  state: Outcome['state'] = 'completed',
  change: Partial<ExecutionResult> = {},
): Outcome {
  return {
    state,
    result: {
      exit_code: 0,
      signal: null,
      succeeded: state === 'completed',
      duration_ms: 12,
      data: { answer: 42, text: 'grün\u0000' },
      error: null,
      stdout: { bytes: 0, dropped: 0 },
      stderr: { bytes: 0, dropped: 0 },
      peak_memory_bytes: null,
      cpu_ms: null,
      ...change,
    },
  };
}
