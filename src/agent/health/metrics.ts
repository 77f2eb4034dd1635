import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Counter, Gauge, Registry } from '@prometheus-io/client';
import { terminalState } from '../../contract/execution-state.ts';
import { buildInfo } from '../../shared/build-info.ts';
import { collectProcess } from '../../shared/process-metrics.ts';
import type { Health } from './health.ts';

export interface AgentMetricsOptions {
  readonly health: Health;
  /** Folder of results that could not be delivered yet. */
  readonly spool: string;
}

/** @returns renders all metrics of an agent in the text format of Prometheus, as they are then */
export function createAgentMetrics({ health, spool }: AgentMetricsOptions) {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `attune_agent_${name}`, help, registers });
  const ready = gauge('ready', 'Whether the worker can take executions');
  const slots = gauge('slots', 'Executions that the worker can run at a time');
  const runs = gauge('running', 'Executions that run now');
  const silence = gauge('heartbeat_age_seconds', 'Time since the control plane accepted a heartbeat');
  const results = gauge('spooled_results', 'Results on disk that could not be delivered yet');
  const bytes = gauge('spooled_bytes', 'Bytes of these results');
  const heartbeats = new Counter({
    name: 'attune_agent_heartbeats_total',
    help: 'Heartbeats since the agent started, by result',
    labelNames: ['result'] as const,
    registers,
  });
  const finished = new Counter({
    name: 'attune_agent_executions_finished_total',
    help: 'Executions whose end was stored since the agent started, by state',
    labelNames: ['state'] as const,
    registers,
  });
  describeBuild(registers);
  collectProcess(registers);

  return async () => {
    ready.set(health.report().ready ? 1 : 0);
    slots.set(health.identity?.slots ?? 0);
    runs.set(health.running());
    if (health.silence !== undefined) silence.set(health.silence / 1000);
    heartbeats.reset();
    for (const result of ['accepted', 'failed'] as const)
      heartbeats.inc({ result }, health.heartbeats[result]);
    finished.reset();
    for (const state of terminalState.options) finished.inc({ state }, health.finished.get(state) ?? 0);
    const sizes = await spooledSizes(spool);
    results.set(sizes.length);
    bytes.set(sizes.reduce((sum, size) => sum + size, 0));
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

function describeBuild(registers: Registry[]): void {
  const { version, commit } = buildInfo();
  const help = 'What this agent is; always 1';
  const labelNames = ['version', 'commit'] as const;
  new Gauge({ name: 'attune_agent_info', help, labelNames, registers }).set({ version, commit }, 1);
}

async function spooledSizes(spool: string): Promise<number[]> {
  const names = await readdir(spool).catch(() => []);
  const kept = names.filter((name) => name.endsWith('.json'));
  // One may be delivered meanwhile.
  return Promise.all(
    kept.map((name) =>
      stat(join(spool, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
}
