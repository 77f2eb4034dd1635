import type { Notice } from '../contract/notice.ts';

/** A notice and the pool whose queue it goes to. */
export interface RoutedNotice extends Notice {
  readonly pool: string;
}

/**
 * How a road turns hints into work. Implemented over the store; the road never decides who may run what.
 * Both may reject with a retryable error while the database is away: the road keeps the hints and tries again. A hint
 * whose claim alone fails with an error that is not retryable is put aside (AMQP: to the dead letters).
 */
export interface Claims<Claimed> {
  /** Claims by hint. The answer has one place for each notice, in order; `undefined` is a refusal. */
  claim(notices: readonly Notice[]): Promise<(Claimed | undefined)[]>;
  /** Claims up to `count` scheduled executions of the pool, oldest first, skipping those that others hold. */
  claimNext(pool: string, count: number): Promise<NextClaims<Claimed>>;
}

/** What was claimed, and whether more waits in the pool than was asked for. */
export interface NextClaims<Claimed> {
  readonly claimed: readonly Claimed[];
  readonly more: boolean;
}

/** A claimed execution. `settle` frees its slot, and acknowledges its message, when its terminal state is stored. */
export interface Work<Claimed> {
  readonly claimed: Claimed;
  /** Idempotent; never rejects. A message that can't be acknowledged any more comes again, and is refused. */
  settle(): Promise<void>;
}

export interface Subscription {
  /** One of the slots that were occupied from the start is free now. To be called once for each. */
  vacate(): void;
  /**
   * Takes nothing new until it is resumed. Hints that came and are not claimed go back at once, so that other consumers get
   * them; a claim under way is brought to its end. What was handed out stays with its holder and keeps its slot. Idempotent;
   * may be called by a claim, which then rejects with a retryable error so that its hints go back too.
   */
  pause(): void;
  /** Takes again. Idempotent; does nothing after `stop`. */
  resume(): void;
  /** Takes nothing new from now on; what was handed out stays with its holder, who may still settle it. Resolves when no claim is under way. */
  stop(): Promise<void>;
}

export interface SubscriptionOptions<Claimed> {
  readonly pool: string;
  /** How many works may be unsettled at a time (prefetch). */
  readonly slots: number;
  /** How many of the slots are taken from the start, by work that came on no road. */
  readonly occupied: number;
  readonly claims: Claims<Claimed>;
  /** Called once for each claimed execution, synchronously, in the order of claiming. Must not throw. */
  onWork(work: Work<Claimed>): void;
}

/**
 * The road from the scheduler to the workers: RabbitMQ, or PostgreSQL alone.
 *
 * A notice is a hint: it may be lost, doubled, late or out of order, and no result changes. The road promises that a
 * published notice normally arrives within milliseconds, and that everything recovers by itself after any loss of the
 * connection (with backoff, for ever, logged). Safe for concurrent use. Whoever connects it closes it; `close` ends its
 * subscriptions as `stop` does and is safe to call twice.
 */
export interface Road {
  readonly kind: 'amqp' | 'postgres';
  /** Resolves when the broker has taken responsibility for all; rejects with a retryable `broker_unreachable` otherwise. */
  publish(notices: readonly RoutedNotice[]): Promise<void>;
  /**
   * Makes the pool's queue if need be and starts taking. Resolves when the first consumer is in place; rejects where that
   * can't heal by itself (`queue_mismatch`), or when the road is closed before.
   */
  subscribe<Claimed>(options: SubscriptionOptions<Claimed>): Promise<Subscription>;
  /**
   * Messages ready in the pool's queue, or `undefined` where the road keeps none outside the database. Rejects with a
   * retryable `broker_unreachable`.
   */
  waiting(pool: string): Promise<number | undefined>;
  /** Whether the road is usable now, for the readiness check. */
  connected(): boolean;
  close(): Promise<void>;
}
