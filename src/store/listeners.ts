import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';

/** What postgres.js calls on the listening connection. */
export interface ListeningHooks {
  readonly onnotify: (channel: string, payload: string) => void;
  readonly onclose: () => void;
}

interface Listener {
  readonly channel: string;
  readonly onNotify: (payload: string) => void;
  readonly onListen: () => void;
}

/** On top of the backoff of the connection itself. */
const pauseMilliseconds = 100;

/**
 * All listeners of one pool, on one connection. postgres.js (3.4.9) has this too, but queues one more LISTEN for each channel
 * with every failed attempt to connect again: hours without the server would fill the memory.
 */
export class Listeners {
  readonly #open: (hooks: ListeningHooks) => postgres.Sql;
  readonly #listeners = new Set<Listener>();
  #connection: postgres.Sql | undefined;
  #closes = 0;
  #restoring = false;
  #ended = false;

  /** @param open makes a pool of one connection, which connects again when it is next used */
  constructor(open: (hooks: ListeningHooks) => postgres.Sql) {
    this.#open = open;
  }

  /** As `listen` of postgres.js: `onListen` is called now, and again whenever the connection was lost and restored. */
  async listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen: () => void = () => undefined,
  ): Promise<postgres.ListenMeta> {
    const listener = { channel, onNotify, onListen };
    this.#listeners.add(listener);
    try {
      const { command, statement, state } = await this.#send(`LISTEN "${channel}"`);
      onListen();
      return { count: null, command, statement, state, unlisten: () => this.#unlisten(listener) };
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#connection?.end({ timeout: 0 });
  }

  async #unlisten(listener: Listener): Promise<void> {
    this.#listeners.delete(listener);
    const { channel } = listener;
    if (this.#ended || [...this.#listeners].some((other) => other.channel === channel)) return;
    // Without a connection there is nothing to take back.
    await this.#send(`UNLISTEN "${channel}"`).catch(() => undefined);
  }

  #send(statement: string) {
    this.#connection ??= this.#open({
      onnotify: (channel, payload) => {
        for (const listener of this.#listeners) if (listener.channel === channel) listener.onNotify(payload);
      },
      onclose: () => {
        this.#closes += 1;
        void this.#restore();
      },
    });
    return this.#connection.unsafe(statement);
  }

  async #restore(): Promise<void> {
    if (this.#restoring) return;
    this.#restoring = true;
    while (!this.#ended && this.#listeners.size > 0 && !(await this.#listenAgain()))
      await delay(pauseMilliseconds, undefined, { ref: false });
    this.#restoring = false;
  }

  /** @returns whether all listeners are heard again */
  async #listenAgain(): Promise<boolean> {
    const closes = this.#closes;
    const channels = new Set([...this.#listeners].map(({ channel }) => channel));
    try {
      await this.#send([...channels].map((channel) => `LISTEN "${channel}"`).join('; '));
    } catch {
      return false;
    }
    if (closes !== this.#closes) return false;
    for (const { onListen } of this.#listeners) onListen();
    return true;
  }
}
