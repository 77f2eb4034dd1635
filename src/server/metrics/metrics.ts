import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Road } from '../../broker/road.ts';
import type { ExecutionState } from '../../contract/execution-state.ts';
import type { Sql } from '../../store/connect.ts';
import { createPoolGauges } from './pools.ts';
import { collectProcess } from '../../shared/process-metrics.ts';

/** What a server counts while it works. */
export interface Metrics {
  requestDone(route: string, status: number, seconds: number): void;
  executionSubmitted(): void;
  executionEnded(state: ExecutionState): void;
  readonly eventStreamOpened: () => void;
  readonly eventStreamClosed: () => void;
  /** All metrics in Prometheus' text format; gauges of the database are read for it. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** From well under a millisecond to a long wait. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10, 60];

export function createMetrics({ sql, road }: { readonly sql: Sql; readonly road: Road }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'attune_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['route', 'status'] as const,
    buckets: secondsBuckets,
    registers,
  });
  const submitted = new Counter({
    name: 'attune_executions_submitted_total',
    help: 'Executions that clients asked this server for',
    registers,
  });
  const ended = new Counter({
    name: 'attune_executions_ended_total',
    help: 'Executions of the whole system that ended while this server listened, by state',
    labelNames: ['state'] as const,
    registers,
  });
  const streams = new Gauge({
    name: 'attune_event_streams',
    help: 'Open event streams of clients',
    registers,
  });
  const readPools = createPoolGauges(registers, sql, road);
  collectProcess(registers);
  return {
    requestDone: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    executionSubmitted: () => submitted.inc(),
    executionEnded: (state) => ended.inc({ state }),
    eventStreamOpened: () => streams.inc(),
    eventStreamClosed: () => streams.dec(),
    async render() {
      await readPools();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
