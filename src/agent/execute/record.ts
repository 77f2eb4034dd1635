import * as z from 'zod';
import { actionDefinition } from '../../contract/action.ts';
import { attempt } from '../../contract/worker.ts';

/**
 * All that is needed to follow the process of an attempt to its end. The supervisor keeps it beside the process, so that another
 * agent can go on where this one died. `secrets` are the texts to mask; `timeout` in seconds; `preface` is what stderr begins with;
 * `parameterFolder` is to be removed in the end.
 */
const attemptRecord = z.object({
  attempt,
  action: z.string(),
  format: actionDefinition.shape.output_format,
  timeout: z.number().positive(),
  secrets: z.array(z.string()),
  preface: z.string(),
  parameterFolder: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

export function encodeRecord(record: AttemptRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

export function decodeRecord(bytes: Uint8Array): AttemptRecord {
  return attemptRecord.parse(JSON.parse(Buffer.from(bytes).toString()));
}
