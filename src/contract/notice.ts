import * as z from 'zod';

/** What travels to a worker: a hint that an execution may be claimed under this epoch. Never the truth itself. */
export const notice = z.object({
  execution: z.int().positive(),
  epoch: z.int32().positive(),
});
export type Notice = z.infer<typeof notice>;
