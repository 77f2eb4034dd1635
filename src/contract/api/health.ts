import * as z from 'zod';

/** `GET /health`: the process answers. */
export const health = z.object({ status: z.literal('ok') });

/** `GET /health/ready`: whether the server can do its work. `problem` says what is wrong with a part. */
export const readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  parts: z.record(z.string(), z.object({ ready: z.boolean(), problem: z.string().optional() })),
});
export type Readiness = z.infer<typeof readiness>;
