interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions {
  /** Most items of one `run`. */
  readonly most?: number;
  /** Whether an error may be the fault of a single item: then each of the batch is run alone. */
  readonly isolates?: (error: unknown) => boolean;
}

/**
 * Joins calls that come while one is under way into the next: an idle system answers at once, a busy one pays a round trip
 * for many. `run` gets at most `most` items and answers in their order; when it fails, all of its batch fail.
 * At most one `run` is under way at a time.
 */
export function createBatcher<Item, Result>(
  run: (items: Item[]) => Promise<readonly Result[]>,
  { most = 500, isolates = never }: BatcherOptions = {},
): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (queue.length > 0) await settle(queue.splice(0, most));
    running = false;
  }

  async function settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error('a batch must answer every item');
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      if (batch.length > 1 && isolates(error)) for (const one of batch) await settle([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!running) void drain();
    });
}

function never(): boolean {
  return false;
}
