import { createMasker } from '../../execute/output/masking/masker.ts';
import { TailBuffer } from '../../execute/output/tail-buffer.ts';
import type { OutputReceiver } from '../../host/process-host.ts';

/** Takes what there is to read. While a returned promise is pending, no more of it comes. */
export type Write = (bytes: Uint8Array) => void | Promise<void>;

/** Of the last output that an error shows. */
const lastBytes = 2048;

/** Both streams of a process, as one text without secrets. */
export interface MaskedOutput {
  readonly receive: OutputReceiver;
  end(): Promise<void>;
  /** The last of it, as text. */
  last(): string;
}

/**
 * Takes the output of an installer.
 * @param keys secrets by the variables that they go into
 */
export function maskedOutput(keys: Readonly<Record<string, string>>, write: Write): MaskedOutput {
  const masker = createMasker(Object.values(keys));
  const masks = { stdout: masker.stream(), stderr: masker.stream() };
  const ends = { stdout: 0, stderr: 0 };
  const tail = new TailBuffer(lastBytes);
  const pass = (bytes: Uint8Array): void | Promise<void> => {
    tail.push(bytes);
    return bytes.length === 0 ? undefined : write(bytes);
  };
  return {
    receive(stream, bytes, offset) {
      const gap = offset - ends[stream];
      ends[stream] = offset + bytes.length;
      if (gap === 0) return pass(masks[stream].push(bytes));
      const note = Buffer.from(`\nattune: ${gap} bytes left out\n`);
      return pass(Buffer.concat([masks[stream].tear(), note, masks[stream].push(bytes)]));
    },
    async end() {
      for (const stream of ['stdout', 'stderr'] as const) await pass(masks[stream].end());
    },
    last: () => Buffer.from(tail.read()).toString().trim(),
  };
}
