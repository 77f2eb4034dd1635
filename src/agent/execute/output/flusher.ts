import type { LogChunk } from '../../../contract/outcome.ts';
import { chunkBytes, type PendingChunks } from './pending-chunks.ts';

/** Stores chunks. Tries again by itself and never rejects: what it can't store, it drops on purpose. */
export type ChunkSink = (chunks: readonly LogChunk[]) => Promise<void>;

/** How long output waits for more, so that a person still sees it live. */
const flushMilliseconds = 100;
/** Bytes under way from which a stream waits, in the memory of the supervisor: what is fetched early is only garbage for V8. */
const mostUnsent = 64 * 1024;

/** Sends what is pending to the sink: 32 KiB at once, less after 100 ms, one call at a time. */
export class Flusher {
  readonly #pending: PendingChunks;
  readonly #sink: ChunkSink;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #sending = 0;

  constructor(pending: PendingChunks, sink: ChunkSink) {
    this.#pending = pending;
    this.#sink = sink;
  }

  /** To be called after something was added. @returns a promise to wait for when the sink is behind */
  added(): Promise<void> | undefined {
    if (this.#pending.size >= chunkBytes) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), flushMilliseconds).unref();
    return this.#pending.size + this.#sending > mostUnsent ? this.#underWay : undefined;
  }

  /** Resolves when nothing is left to send. */
  async flushed(): Promise<void> {
    while (this.#pending.size > 0 || this.#underWay !== undefined) {
      this.#flush();
      await this.#underWay;
    }
  }

  /** Starts nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#underWay;
    clearTimeout(this.#timer);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#underWay ??= this.#send();
  }

  async #send(): Promise<void> {
    do {
      this.#sending = this.#pending.size;
      await this.#sink(this.#pending.take());
    } while (this.#pending.size >= chunkBytes);
    this.#sending = 0;
    this.#underWay = undefined;
    if (this.#pending.size > 0) void this.added();
  }
}
