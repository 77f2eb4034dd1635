import type { FastifyReply } from 'fastify';

/** A signal for whoever works for one client: it is aborted when the client has gone, or when `stopping` is. */
export function untilGone(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  // With a reason no DOMException is made for each request.
  reply.raw.once('close', () => gone.abort('gone'));
  return AbortSignal.any([gone.signal, stopping]);
}
