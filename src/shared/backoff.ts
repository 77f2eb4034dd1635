export interface Backoff {
  /** Milliseconds before the first new try. */
  readonly first: number;
  /** Upper limit of the wait in milliseconds. */
  readonly most: number;
}

/**
 * How long to wait before try number `attempt` (0 for the first new try), in milliseconds: exponential with full jitter
 * between half and the whole, so that many clients do not return at once.
 */
export function backoffDelay(
  attempt: number,
  { first, most }: Backoff,
  random: () => number = Math.random,
): number {
  const whole = Math.min(most, first * 2 ** Math.min(attempt, 30));
  return whole / 2 + (random() * whole) / 2;
}
