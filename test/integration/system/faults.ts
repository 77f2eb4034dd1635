import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ExecutionView } from '../../../src/contract/api/execution.ts';
import { folderWith } from '../../support/folder.ts';
import { startProxy, type Proxy } from '../../support/proxy.ts';
import type { Environment, TestSystem } from '../../support/system.ts';

/** For what comes sooner or later on a machine that is busy. */
export const patience = { timeout: 20_000, interval: 50 };

/** Settings of servers that soon count a silent worker as lost. */
export const impatient: Environment = {
  ATTUNE__SCHEDULER__WORKER_LOST_AFTER: '1.5s',
  ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.2s',
};

/** Settings of workers that such servers do not count as lost. */
export const beats: Environment = { ATTUNE_WORKER_HEARTBEAT_INTERVAL: '0.3s' };

/** The definition of the action `test.<name>`, whose script is `<name>.sh`. */
export function action(name: string, extra = ''): string {
  return `ref: test.${name}\nentry_point: ${name}.sh\n${extra}`;
}

/** A way to a server that the test can break. */
export async function wayTo(url: string): Promise<Proxy> {
  const proxy = await startProxy(url);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Settings that lead to the database by this way. */
export function databaseBy(way: Proxy): Environment {
  return { ATTUNE__DATABASE__URL: way.url };
}

/** Settings that lead to the broker by this way. */
export function brokerBy(way: Proxy): Environment {
  return { ATTUNE__MESSAGE_QUEUE__URL: way.url };
}

/** A file in which actions write down that they ran, a line each. */
export function openJournal() {
  const path = join(folderWith({ journal: '' }), 'journal');
  return { path, lines: () => readFileSync(path, 'utf8').split('\n').filter(Boolean) };
}

/** Waits until each of the executions is terminal. */
export async function endOfAll(
  system: TestSystem,
  asked: readonly { readonly id: number }[],
): Promise<ExecutionView[]> {
  return Promise.all(asked.map(({ id }) => system.reaches(id)));
}

/** Whether the process of this id still runs: a zombie does not. */
export function isRunning(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
