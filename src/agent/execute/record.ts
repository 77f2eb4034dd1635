import * as z from 'zod';
import { actionDefinition } from '../../contract/action.ts';
import { attempt } from '../../contract/worker.ts';

/**
 * All that is needed to follow the process of an attempt to its end. The supervisor keeps it beside the process, so that another
 * agent can go on where this one died. `secrets` are the texts to mask; `timeout` in seconds; `stderrBefore` are the bytes of the log that stand before
 * what the process says; `pack` is the folder of its pack, `environment` that of the environment that it uses; `parameterFolder` is to be removed in the end.
 */
const attemptRecord = z.object({
  kind: z.literal('attempt'),
  attempt,
  action: z.string(),
  format: actionDefinition.shape.output_format,
  timeout: z.number().positive(),
  secrets: z.array(z.string()),
  stderrBefore: z.int().nonnegative(),
  pack: z.string(),
  environment: z.string().nullable(),
  parameterFolder: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

/** An installer works for several attempts, or for none; nobody goes on with it. */
const installerRecord = z.object({ kind: z.literal('installer'), environment: z.string() });

const jobRecord = z.discriminatedUnion('kind', [attemptRecord, installerRecord]);
export type JobRecord = z.infer<typeof jobRecord>;

export function encodeRecord(record: JobRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

export function decodeRecord(bytes: Uint8Array): JobRecord {
  return jobRecord.parse(JSON.parse(Buffer.from(bytes).toString()));
}
