import * as z from 'zod';
import { runtimeDefinition } from '../runtime.ts';

/**
 * A runtime as the API shows it. `name` is the canonical one; `pack` is null where a worker brought the definition
 * (`auto_detected`); `detected_versions` are those that workers were seen with.
 */
export const runtimeView = runtimeDefinition.extend({
  pack: z.string().nullable(),
  auto_detected: z.boolean(),
  detected_versions: z.array(z.string()),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
});
export type RuntimeView = z.infer<typeof runtimeView>;
