/** News can be lost with the connection that brings them: then the truth is looked at this many seconds later. */
const patienceSeconds = 5;

/** Waits for news of one thing. */
export interface Watcher<News> {
  /**
   * Resolves at the first news since `watch` or the last call: at once where some came in between. Resolves as well when
   * `signal` is aborted, and after a while without news.
   * @param seconds to wait at most, if that is less than the usual while
   * @returns the last news where they say all there is to know; else look at the truth, then wait again
   */
  news(signal: AbortSignal, seconds?: number): Promise<News | undefined>;
  close(): void;
}

/**
 * Hands news about things (by their ids) to those who watch them. Who makes a watcher before reading the truth can miss no
 * change between reading and waiting; where the last news are remembered, it may be made right after reading.
 */
export interface Watchers<News> {
  readonly watch: (id: number) => Watcher<News>;
  tell(id: number, news?: News): void;
  /** News may have been missed: everybody is to look. */
  tellAll(): void;
}

interface Ear<News> {
  /** News that nobody has waited for yet. */
  heard: boolean;
  news: News | undefined;
  wake: (() => void) | undefined;
}

/** @param remembered how many of the last things told of are news even to those who begin to watch afterwards; they are to look */
export function createWatchers<News = never>(remembered: number): Watchers<News> {
  const ears = new Map<number, Set<Ear<News>>>();
  const recent = new Set<number>();

  function remember(id: number): void {
    recent.add(id);
    const [oldest] = recent;
    if (recent.size > remembered && oldest !== undefined) recent.delete(oldest);
  }

  return {
    watch(id) {
      const ear: Ear<News> = { heard: recent.has(id), news: undefined, wake: undefined };
      const others = ears.get(id) ?? new Set();
      ears.set(id, others.add(ear));
      return {
        news: (signal, seconds = patienceSeconds) => listen(ear, signal, Math.min(seconds, patienceSeconds)),
        close() {
          others.delete(ear);
          if (others.size === 0) ears.delete(id);
        },
      };
    },
    tell(id, news) {
      remember(id);
      ears.get(id)?.forEach((ear) => tell(ear, news));
    },
    tellAll() {
      ears.forEach((group) => group.forEach((ear) => tell(ear, undefined)));
    },
  };
}

function tell<News>(ear: Ear<News>, news: News | undefined): void {
  ear.heard = true;
  ear.news = news;
  ear.wake?.();
}

async function listen<News>(ear: Ear<News>, signal: AbortSignal, seconds: number): Promise<News | undefined> {
  if (!ear.heard && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, seconds * 1000);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        ear.wake = undefined;
        resolve();
      }
      signal.addEventListener('abort', done);
      ear.wake = done;
    });
  }
  const { news } = ear;
  ear.heard = false;
  ear.news = undefined;
  return news;
}
