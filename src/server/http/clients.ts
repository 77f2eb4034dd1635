import type { FastifyReply } from 'fastify';

/** The clients for whom somebody works until they have their answer. */
export class Clients {
  readonly #served = new Set<AbortController>();
  #dismissed = false;

  /** A signal for whoever works for one client: it is aborted when the client has gone without its answer, and by `dismiss`. */
  untilGone(reply: FastifyReply): AbortSignal {
    const gone = new AbortController();
    if (this.#dismissed) gone.abort('dismissed');
    this.#served.add(gone);
    reply.raw.once('close', () => {
      this.#served.delete(gone);
      // With a reason no DOMException is made; an abort that nobody can hear any more costs as much as a request.
      if (!reply.raw.writableFinished) gone.abort('gone');
    });
    return gone.signal;
  }

  /** The server stops: all are answered with what there is, also those who come from now on. */
  dismiss(): void {
    this.#dismissed = true;
    for (const gone of this.#served) gone.abort('dismissed');
  }
}
