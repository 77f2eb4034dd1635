import * as z from 'zod';
import { capabilities } from '../capability.ts';

/** `offline`: stopped on purpose; `lost`: fell silent; `replaced`: a new worker of the same name came, or one that went on for it. */
export const workerStatus = z.enum(['online', 'offline', 'lost', 'replaced']);
export type WorkerStatus = z.infer<typeof workerStatus>;

/** A worker as the API shows it. A cordoned one finishes what it has and takes nothing new. */
export const workerView = z.object({
  id: z.int().positive(),
  name: z.string(),
  pool: z.string(),
  status: workerStatus,
  cordoned: z.boolean(),
  slots: z.int(),
  busy: z.int(),
  capabilities,
  agent: z.object({ version: z.string(), commit: z.string(), architecture: z.string() }),
  heartbeat: z.iso.datetime(),
  created: z.iso.datetime(),
});
export type WorkerView = z.infer<typeof workerView>;
