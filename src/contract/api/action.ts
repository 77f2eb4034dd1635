import * as z from 'zod';
import { actionDefinition } from '../action.ts';

/**
 * An action as the API shows it: its file, completed by defaults. `runtime` is the canonical name of `runner_type`, `pack_digest` the
 * current revision of its pack.
 */
export const actionView = actionDefinition.extend({
  pack: z.string(),
  pack_digest: z.string(),
  runtime: z.string(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
});
export type ActionView = z.infer<typeof actionView>;
