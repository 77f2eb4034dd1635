import type { Readable, Writable } from 'node:stream';
import type { Parts } from './parts.ts';

/** Where a person or a program reads us. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The world as a command sees it; `main.ts` gives it the real one. */
export interface Context {
  readonly parts: Parts;
  /** How to start this program again: Node and the main file. */
  readonly command: readonly [string, string];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable;
  /** What was asked for, and nothing else. */
  readonly output: Output;
  /** Everything that is said beside it: progress, hints, errors. */
  readonly errors: Output;
  /** Hands Ctrl-C and TERM to the listener instead of ending the process. The returned function takes that back. */
  onInterrupt(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
  setExitStatus(status: number): void;
}
