import type { App } from './app-type.ts';

/** How the HTTP side of a server stops: first `drain`, then, when that is done or took too long, `cut`. */
export interface Doors {
  /** Takes no new connections or requests, and waits for those under way. */
  drain(): Promise<void>;
  /** Ends every connection that is left: also those on which nothing was ever asked, which nothing else ends. */
  cut(): Promise<void>;
}

/** To be called before the routes are added. */
export function watchDoors(app: App): Doors {
  let underWay = 0;
  const empty = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;
  const check = (): void => {
    if (closing !== undefined && underWay === 0) empty.resolve();
  };
  app.addHook('onRequest', (_request, reply, done) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
      check();
    });
    done();
  });
  return {
    drain() {
      closing ??= app.close();
      check();
      return empty.promise;
    },
    async cut() {
      app.server.closeAllConnections();
      await closing;
    },
  };
}
