import type { LogChunk, LogStream, StreamSummary } from '../../../contract/outcome.ts';
import type { OutputReceiver } from '../../host/process-host.ts';
import { giveBack } from './give-back.ts';
import { Flusher, type ChunkSink } from './flusher.ts';
import type { Masker } from './masking/masker.ts';
import { chunkBytes, PendingChunks } from './pending-chunks.ts';
import { StreamLimit, type Piece } from './stream-limit.ts';
import { TailBuffer } from './tail-buffer.ts';

export interface OutputPlan {
  readonly masker: Masker;
  /** Bytes kept of each stream, after masking. */
  readonly limit: number;
  /** Bytes of stdout kept unmasked for the result; when there are more, the last ones. */
  readonly captureLimit: number;
  readonly sink: ChunkSink;
}

/** Bytes of stdout before masking. */
export interface Captured {
  readonly bytes: Uint8Array;
  /** Whether these are all bytes of the stream. */
  readonly complete: boolean;
}

export interface CollectedOutput {
  /** Chunks that no sink has seen: to be stored together with the terminal state. */
  readonly chunks: readonly LogChunk[];
  readonly stdout: StreamSummary;
  readonly stderr: StreamSummary;
  readonly captured: Captured;
  /** The end of stderr, masked, at most 1 KiB. */
  readonly stderrEnd: string;
}

export interface OutputCollector {
  /** Makes the bytes its own: their memory may be gone after the call. */
  readonly receive: OutputReceiver;
  /** To be called once, after the last piece. */
  finish(): Promise<CollectedOutput>;
}

const stderrEndBytes = 1024;
/** Chunks of one call to the sink at the end, and the most that are left for the terminal state. */
const lastChunks = 8;

/**
 * Takes the output of one process: masks it, keeps head and tail, and sends it to the sink while it comes. Output that ends before a flush is
 * due makes none: its chunks are all in the answer of `finish`.
 */
export function collectOutput({ masker, limit, captureLimit, sink }: OutputPlan): OutputCollector {
  const pending = new PendingChunks();
  const flusher = new Flusher(pending, sink);
  const captured = new TailBuffer(captureLimit);
  const stderrEnd = new TailBuffer(stderrEndBytes);
  const masks = { stdout: masker.stream(), stderr: masker.stream() };
  const limits = { stdout: new StreamLimit(limit), stderr: new StreamLimit(limit) };

  /** @returns whether the bytes were copied, so that nothing refers to them any more */
  function keep(stream: LogStream, masked: Uint8Array): boolean {
    if (masked.length === 0) return true;
    if (stream === 'stderr') stderrEnd.push(masked);
    const piece = limits[stream].push(masked);
    if (piece !== undefined) pending.add(stream, piece);
    return piece === undefined;
  }

  function receive(stream: LogStream, bytes: Uint8Array): Promise<void> | undefined {
    if (stream === 'stdout') captured.push(bytes);
    if (keep(stream, masks[stream].push(bytes))) giveBack(bytes);
    return pending.size === 0 ? undefined : flusher.added();
  }

  async function finish(): Promise<CollectedOutput> {
    await flusher.stop();
    for (const stream of ['stdout', 'stderr'] as const) {
      keep(stream, masks[stream].end());
      for (const piece of cut(limits[stream].end())) pending.add(stream, piece);
    }
    const chunks = pending.take();
    while (chunks.length > lastChunks) await sink(chunks.splice(0, lastChunks));
    return {
      chunks,
      stdout: limits.stdout.summary,
      stderr: limits.stderr.summary,
      captured: { bytes: captured.read(), complete: captured.total <= captureLimit },
      stderrEnd: Buffer.from(stderrEnd.read()).toString(),
    };
  }

  return { receive, finish };
}

function* cut(piece: Piece | undefined): Generator<Piece> {
  if (piece === undefined) return;
  for (let start = 0; start < piece.bytes.length; start += chunkBytes) {
    yield { offset: piece.offset + start, bytes: piece.bytes.subarray(start, start + chunkBytes) };
  }
}
