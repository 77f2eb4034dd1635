import * as z from 'zod';
import { violation } from '../problem.ts';

/** The body of `POST /api/v1/packs/register`. */
export const registerPackRequest = z.strictObject({
  path: z.string().min(1).max(4096).describe('Absolute path of the folder, on the machine of the server'),
});
export type RegisterPackRequest = z.infer<typeof registerPackRequest>;

/** What was registered; `warnings` are things that work, yet probably not as the author thinks. */
export const registerPackReply = z.object({
  ref: z.string(),
  version: z.string(),
  actions: z.array(z.string()),
  runtimes: z.array(z.string()),
  warnings: z.array(violation),
});
export type RegisterPackReply = z.infer<typeof registerPackReply>;
