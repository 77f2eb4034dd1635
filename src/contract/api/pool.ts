import * as z from 'zod';
import { capabilities } from '../capability.ts';

/**
 * A pool as the API shows it. `workers` and `slots` count what is online and not cordoned; `load` is what is scheduled to the
 * pool (`scheduled`) and what runs in it (`running`) together: what an autoscaler needs.
 */
export const poolView = z.object({
  name: z.string(),
  capabilities,
  workers: z.int(),
  slots: z.int(),
  scheduled: z.int(),
  running: z.int(),
  load: z.int(),
  created: z.iso.datetime(),
});
export type PoolView = z.infer<typeof poolView>;
