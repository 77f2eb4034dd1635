import { once } from 'node:events';
import type { LogRun } from '../../contract/api/log-events.ts';
import type { Output } from '../context.ts';
import { paint } from '../format/paint.ts';
import type { LogReader } from './follow-logs.ts';

/** Writes the bytes as they are, each stream to where it belongs, and remarks among the errors. */
export function textReader(stdout: Output, stderr: Output): LogReader {
  const outputs = { stdout, stderr };
  return {
    onRun: (stream, run) => write(outputs[stream], bytesOf(run)),
    onRemark: (remark) => void stderr.write(`${paint(stderr, 'gray', `[${remark}]`)}\n`),
  };
}

/** Writes one JSON document a line for each run; gaps show as offsets that jump. */
export function jsonReader(output: Output): LogReader {
  return {
    onRun: (stream, run) => write(output, `${JSON.stringify({ stream, ...run })}\n`),
    onRemark: () => undefined,
  };
}

function bytesOf({ text, base64 = '' }: LogRun): Uint8Array {
  return text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text);
}

/** Waits while the reader is slower than we are. */
async function write(output: Output, content: Uint8Array | string): Promise<void> {
  if (!output.write(content)) await once(output, 'drain');
}
