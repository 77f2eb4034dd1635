import type { Road, RoutedNotice } from '../../broker/road.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** How many notices one call of `markPublished` names at the most. */
const mostMarks = 1000;

/**
 * Sends notices on the road and remembers which ones the broker confirmed. Marks are written later and together
 * (`flush`): by then most executions have been claimed, and a mark on those is never needed.
 */
export class Publisher {
  readonly #road: Road;
  readonly #mark: (notices: RoutedNotice[]) => Promise<void>;
  readonly #logger: Logger;
  #confirmed: RoutedNotice[] = [];

  constructor(road: Road, mark: (notices: RoutedNotice[]) => Promise<void>, logger: Logger) {
    this.#road = road;
    this.#mark = mark;
    this.#logger = logger;
  }

  /** Never rejects: what could not be published is found by the relay, because it stays unmarked. */
  async publish(notices: readonly RoutedNotice[]): Promise<void> {
    if (notices.length === 0) return;
    try {
      await this.#road.publish(notices);
      if (this.#road.kind === 'amqp') this.#confirmed.push(...notices);
    } catch (error) {
      this.#logger.warn(
        { count: notices.length, reason: describeError(error) },
        'not published, the relay will try again',
      );
    }
  }

  /** Writes the marks of what was confirmed since the last call. Marks that can't be written are tried again. */
  async flush(): Promise<void> {
    while (this.#confirmed.length > 0) {
      const marks = this.#confirmed.slice(0, mostMarks);
      await this.#mark(marks);
      this.#confirmed = this.#confirmed.slice(marks.length);
    }
  }
}
