import { writeFileSync } from 'node:fs';
import { usedMarkerOf } from './places.ts';

/** How often an environment in use is marked. */
export const markMilliseconds = 60_000;

/**
 * Marks environments as used, so that nobody removes them: by a file whose time is that of the volume, so that no clocks are compared. Who is killed marks nothing
 * any more. Where the volume is read-only nobody can remove anything either.
 */
export class Uses {
  readonly #count = new Map<string, number>();
  readonly #marked = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param folder of a build. @returns what ends the use */
  begin(folder: string): () => void {
    this.#count.set(folder, (this.#count.get(folder) ?? 0) + 1);
    if (performance.now() - (this.#marked.get(folder) ?? -Infinity) >= markMilliseconds) this.#mark(folder);
    this.#timer ??= setInterval(() => this.#markAll(), markMilliseconds).unref();
    return () => this.#end(folder);
  }

  #end(folder: string): void {
    const count = (this.#count.get(folder) ?? 1) - 1;
    if (count > 0) this.#count.set(folder, count);
    else this.#count.delete(folder);
    if (this.#count.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #markAll(): void {
    for (const folder of this.#count.keys()) this.#mark(folder);
  }

  #mark(folder: string): void {
    this.#marked.set(folder, performance.now());
    try {
      writeFileSync(usedMarkerOf(folder), '.');
    } catch {
      // A read-only volume, or another user's: it works without.
    }
  }
}
