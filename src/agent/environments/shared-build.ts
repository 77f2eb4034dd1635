import { build, type BuildClient, type BuildParts } from './build/build.ts';
import type { Recipe } from './recipe/recipe.ts';

/**
 * One build for all executions of this agent that want the same environment. The one that has waited longest reads what the installer says, the
 * others who builds it. Who is cancelled stops waiting; the last one to leave ends the build.
 */
export class SharedBuild {
  readonly #clients = new Set<BuildClient>();
  readonly #abandoned = new AbortController();
  readonly #since = new Date().toISOString();
  readonly #built: Promise<string>;

  constructor(recipe: Recipe, parts: BuildParts) {
    this.#built = Promise.resolve().then(() =>
      build(
        recipe,
        {
          signal: this.#abandoned.signal,
          write: (bytes) => this.#first?.write(bytes),
          onWait: (holder) => this.#first?.onWait(holder),
          keys: () => this.#askForKeys(),
        },
        parts,
      ),
    );
    this.#built.catch(() => undefined);
  }

  /** Resolves, never rejects, when the build is over. */
  get over(): Promise<unknown> {
    return this.#built.catch(() => undefined);
  }

  /** Whether nobody wants it any more: it ends, and must not be joined. */
  get isAbandoned(): boolean {
    return this.#abandoned.signal.aborted;
  }

  /** @throws what the build fails with; the reason of the client's signal */
  async join(client: BuildClient): Promise<string> {
    if (this.#clients.size > 0)
      client.onWait({ holder: 'another execution of this worker', since: this.#since });
    this.#clients.add(client);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(client.signal.reason);
    client.signal.addEventListener('abort', leave, { once: true });
    if (client.signal.aborted) leave();
    try {
      return await Promise.race([this.#built, left.promise]);
    } finally {
      client.signal.removeEventListener('abort', leave);
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#abandoned.abort('nobody waits any more');
    }
  }

  /** Of the first client that has a right to them. */
  async #askForKeys(): Promise<Readonly<Record<string, string>> | undefined> {
    for (const client of this.#clients) {
      const keys = await client.keys().catch((error: unknown) => {
        if (!client.signal.aborted) throw error;
      });
      if (keys !== undefined) return keys;
    }
    return undefined;
  }

  get #first(): BuildClient | undefined {
    return this.#clients.values().next().value;
  }
}
