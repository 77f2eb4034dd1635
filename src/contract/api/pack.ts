import * as z from 'zod';
import { packDefinition } from '../pack.ts';

/** A pack as the API shows it. `digest` changes when any of its files changes. */
export const packView = packDefinition.extend({
  digest: z.string(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
});
export type PackView = z.infer<typeof packView>;
