import * as z from 'zod';

/** By what a worker is known to the control plane: what the agent after this one must know to go on with its attempts. */
const workerNote = z.object({ worker: z.int().positive(), name: z.string() });
export type WorkerNote = z.infer<typeof workerNote>;

export function encodeNote(note: WorkerNote): Uint8Array {
  return Buffer.from(JSON.stringify(note));
}

/** @returns `undefined` where no agent before this one has come as far as to register */
export function decodeNote(bytes: Uint8Array): WorkerNote | undefined {
  return bytes.length === 0 ? undefined : workerNote.parse(JSON.parse(Buffer.from(bytes).toString()));
}
