import { vi } from 'vitest';
import type { Road, RoutedNotice } from '../../../src/broker/road.ts';
import type { Proxy } from '../../support/proxy.ts';
import { Ledger, Worker } from './ledger.ts';

/** A road under test: every `open` is one more process on the same broker, reached by way of `proxy`. */
export interface RoadFixture {
  readonly proxy: Proxy;
  open(): Promise<Road>;
  /** Closes every road and takes back everything else. */
  end(): Promise<void>;
}

export const patience = { timeout: 20_000, interval: 10 };
let pools = 0;

/** The name of a pool that no other test uses. */
export function freshPool(): string {
  pools += 1;
  return `pool-${pools}`;
}

/** A pool of its own with its executions. `join` adds a worker, over the road given or one of its own. */
export function openScene(road: Road) {
  const pool = freshPool();
  const ledger = new Ledger();
  const join = (slots: number, over = road, occupied = 0) =>
    new Worker().subscribe(over, { pool, slots, occupied, claims: ledger });
  return { pool, ledger, join };
}

/** Publishes as the scheduler does: what fails is tried again by the relay. */
export async function publish(road: Road, notices: readonly RoutedNotice[]): Promise<void> {
  await vi.waitFor(() => road.publish(notices), patience);
}
