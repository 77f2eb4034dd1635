import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionView } from '../../contract/api/execution.ts';
import { isTerminal } from '../../contract/execution-state.ts';
import { cancelExecution, execute, showExecution } from '../api/endpoints.ts';
import type { Client } from '../api/client.ts';
import { readLog } from '../api/read-log.ts';
import type { Scene } from './scenes.ts';

/** A scene and what has become of it so far. */
export interface Act {
  readonly scene: Scene;
  readonly execution: ExecutionView;
}

/** How often the demo looks, and when it stops waiting for what does not come. */
const lookMilliseconds = 100;
const patienceMilliseconds = 120_000;

/**
 * Runs all scenes at once, cancels what is to be cancelled, and waits for their ends.
 * @param onChange is shown all acts after every look
 * @returns the acts as they are in the end, also those that did not end in time
 */
export async function play(
  client: Client,
  scenes: readonly Scene[],
  signal: AbortSignal,
  onChange: (acts: readonly Act[]) => void,
): Promise<readonly Act[]> {
  const started = performance.now();
  const cancelled = new Set<number>();
  let acts: Act[] = [];
  for (const scene of scenes) {
    const { action, parameters } = scene;
    acts.push({ scene, execution: await execute(client, { action, parameters }) });
    onChange(acts);
  }
  while (!acts.every(isOver) && performance.now() - started < patienceMilliseconds) {
    await delay(lookMilliseconds, undefined, { signal });
    acts = await Promise.all(acts.map((act) => look(client, act, cancelled)));
    onChange(acts);
  }
  return acts;
}

/** A scene is over when it has ended, or waits for what never comes and says so, as it is meant to. */
function isOver({ scene, execution }: Act): boolean {
  if (isTerminal(execution.state)) return true;
  return execution.state === scene.expected && execution.waiting_reason !== null;
}

async function look(client: Client, act: Act, cancelled: Set<number>): Promise<Act> {
  if (isOver(act)) return act;
  const { scene } = act;
  const execution = await showExecution(client, act.execution.id);
  const { id, state } = execution;
  if (scene.cancelAfter === undefined || state !== 'running' || cancelled.has(id))
    return { scene, execution };
  if (!(await stdoutOf(client, id)).includes(scene.cancelAfter)) return { scene, execution };
  cancelled.add(id);
  return { scene, execution: await cancelExecution(client, id) };
}

async function stdoutOf(client: Client, execution: number): Promise<string> {
  let text = '';
  for await (const { run } of readLog(client, { execution, streams: ['stdout'] })) text += run.text ?? '';
  return text;
}
