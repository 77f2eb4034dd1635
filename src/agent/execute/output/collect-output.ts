import type { LogChunk, LogStream, StreamSummary } from '../../../contract/outcome.ts';
import type { OutputReceiver } from '../../host/process-host.ts';
import { Flusher, type ChunkSink } from './flusher.ts';
import type { Masker } from './masking/masker.ts';
import { MaskedLog, type Piece } from './masked-log.ts';
import { PendingChunks } from './pending-chunks.ts';
import { TailBuffer } from './tail-buffer.ts';

export type LogEnds = Readonly<Record<LogStream, number>>;

export interface OutputPlan {
  readonly masker: Masker;
  /** Bytes of stderr that an agent before this one has written ahead of what the process says. */
  readonly stderrBefore: number;
  /** Bytes of each masked stream that are stored already, from an agent before this one, and so are not sent again. */
  readonly logEnds: LogEnds;
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
  /** Puts bytes that are not the process's into stderr, unmasked, before those of the process. @returns a promise to wait for when the sink is behind */
  readonly prepend: (bytes: Uint8Array) => Promise<void> | undefined;
  /** Resolves when what came before the process is stored, with its length. */
  readonly prefaced: () => Promise<number>;
  readonly receive: OutputReceiver;
  /** To be called once, after the last piece. */
  finish(): Promise<CollectedOutput>;
}

const stderrEndBytes = 1024;
/** Chunks of one call to the sink at the end, and the most that are left for the terminal state. */
const lastChunks = 8;

/**
 * Takes the output of one process: masks it, and sends it to the sink while it comes. Output that ends before a flush is due
 * makes none: its chunks are all in the answer of `finish`.
 */
export function collectOutput(plan: OutputPlan): OutputCollector {
  const { masker, captureLimit, logEnds, sink, stderrBefore } = plan;
  const pending = new PendingChunks();
  const flusher = new Flusher(pending, sink);
  const captured = new TailBuffer(captureLimit);
  const stderrEnd = new TailBuffer(stderrEndBytes);
  const logs = { stdout: new MaskedLog(masker, 0), stderr: new MaskedLog(masker, stderrBefore) };

  function add(stream: LogStream, pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (stream === 'stderr') stderrEnd.push(piece.bytes);
      for (const fresh of beyond(logEnds[stream], piece)) pending.add(stream, fresh);
    }
  }

  function prepend(bytes: Uint8Array): Promise<void> | undefined {
    for (const piece of logs.stderr.insert(bytes)) pending.add('stderr', piece);
    return flusher.added();
  }

  async function prefaced(): Promise<number> {
    const { bytes } = logs.stderr.summary;
    if (bytes > 0) await flusher.flushed();
    return bytes;
  }

  function receive(stream: LogStream, bytes: Uint8Array, offset: number): Promise<void> | undefined {
    if (stream === 'stdout') captured.push(bytes);
    add(stream, logs[stream].push(bytes, offset));
    return pending.size === 0 ? undefined : flusher.added();
  }

  async function finish(): Promise<CollectedOutput> {
    await flusher.stop();
    for (const stream of ['stdout', 'stderr'] as const) add(stream, logs[stream].end());
    const chunks = pending.take();
    while (chunks.length > lastChunks) await sink(chunks.splice(0, lastChunks));
    const stdout = logs.stdout.summary;
    return {
      chunks,
      stdout,
      stderr: logs.stderr.summary,
      captured: { bytes: captured.read(), complete: stdout.dropped === 0 && captured.total <= captureLimit },
      stderrEnd: Buffer.from(stderrEnd.read()).toString(),
    };
  }

  return { prepend, prefaced, receive, finish };
}

function beyond(end: number, { offset, bytes }: Piece): Piece[] {
  if (offset >= end) return [{ offset, bytes }];
  const rest = bytes.subarray(end - offset);
  return rest.length === 0 ? [] : [{ offset: end, bytes: rest }];
}
