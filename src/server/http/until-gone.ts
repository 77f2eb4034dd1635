import type { FastifyReply } from 'fastify';

/** A signal for whoever works for one client: it is aborted when the client has gone, or when `stopping` is. */
export function untilGone(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}
