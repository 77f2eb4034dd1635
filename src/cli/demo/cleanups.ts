import { describeError } from '../../shared/errors.ts';

/** What must be undone, the last thing first. */
export interface Cleanups {
  add(what: string, undo: () => Promise<unknown>): void;
  /** Undoes everything, whatever fails. @returns what could not be undone, in words */
  run(): Promise<string[]>;
}

export function createCleanups(): Cleanups {
  const stack: { what: string; undo: () => Promise<unknown> }[] = [];
  return {
    add: (what, undo) => void stack.push({ what, undo }),
    async run() {
      const failures: string[] = [];
      for (const { what, undo } of stack.splice(0).toReversed()) {
        await undo().catch((error: unknown) => failures.push(`${what}: ${describeError(error)}`));
      }
      return failures;
    },
  };
}
