import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { collectOutput, type OutputPlan } from '../../../../../src/agent/execute/output/collect-output.ts';
import { createMasker } from '../../../../../src/agent/execute/output/masking/masker.ts';
import type { LogChunk, LogStream } from '../../../../../src/contract/outcome.ts';
import { cutsArbitrary, pieces } from './pieces.ts';

const kib = 1024;
/** Of hunter2: in base64. */
const longestSpelling = 12;

function plan(chunks: LogChunk[], changes: Partial<OutputPlan> = {}): OutputPlan {
  const sink = (some: readonly LogChunk[]): Promise<void> => {
    chunks.push(...some);
    return Promise.resolve();
  };
  return {
    masker: createMasker([]),
    captureLimit: 64 * kib,
    stderrBefore: 0,
    logEnds: { stdout: 0, stderr: 0 },
    sink,
    ...changes,
  };
}

describe('output of a short job', () => {
  test('makes no call to the sink: all of it comes with the end', async () => {
    const sink = vi.fn<OutputPlan['sink']>();
    const collector = collectOutput(plan([], { sink }));
    expect(collector.receive('stdout', Buffer.from('hello '), 0)).toBeUndefined();
    void collector.receive('stderr', Buffer.from('warning'), 0);
    void collector.receive('stdout', Buffer.from('world'), 6);
    const output = await collector.finish();
    expect(sink).not.toHaveBeenCalled();
    expect(output.chunks.map(describeChunk)).toEqual(['0 stdout@0 hello world', '1 stderr@0 warning']);
    expect(output.stderrEnd).toBe('warning');
    expect(Buffer.from(output.captured.bytes).toString()).toBe('hello world');
    expect(output.captured.complete).toBe(true);
  });

  test('none at all', async () => {
    const output = await collectOutput(plan([])).finish();
    expect(output).toMatchObject({ chunks: [], stderrEnd: '', stdout: { bytes: 0, dropped: 0 } });
    expect(output.captured.complete).toBe(true);
  });
});

describe('output that goes on', () => {
  test('is sent after a while, and the rest at the end', async () => {
    vi.useFakeTimers();
    try {
      const chunks: LogChunk[] = [];
      const collector = collectOutput(plan(chunks));
      void collector.receive('stdout', Buffer.from('first'), 0);
      await vi.advanceTimersByTimeAsync(100);
      expect(chunks.map(describeChunk)).toEqual(['0 stdout@0 first']);
      void collector.receive('stdout', Buffer.from('second'), 5);
      const output = await collector.finish();
      expect(output.chunks.map(describeChunk)).toEqual(['1 stdout@5 second']);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('waits for a sink that is behind, with one call at a time', async () => {
    const calls: (() => void)[] = [];
    const sink = (): Promise<void> => new Promise((resolve) => void calls.push(resolve));
    const collector = collectOutput(plan([], { sink }));
    const piece = Buffer.alloc(64 * kib, 'x');
    expect(collector.receive('stdout', piece, 0)).toBeUndefined();
    const waiting = collector.receive('stdout', piece, piece.length);
    expect(waiting).toBeDefined();
    expect(calls).toHaveLength(1);
    calls[0]?.();
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    calls[1]?.();
    await waiting;
    await collector.finish();
  });
});

describe('what the process did not say', () => {
  test('is the beginning of stderr, unmasked, and no part of its end', async () => {
    const collector = collectOutput(plan([], { masker: createMasker(['attune']) }));
    void collector.prepend(Buffer.from('attune: old\n'));
    void collector.receive('stderr', Buffer.from('warning'), 0);
    const output = await collector.finish();
    expect(output.chunks.map(describeChunk)).toEqual(['0 stderr@0 attune: old\nwarning']);
    expect(output.stderr).toEqual({ bytes: 19, dropped: 0 });
    expect(output.stderrEnd).toBe('warning');
  });

  test('is stored before the process starts, so that another agent may go on behind it', async () => {
    const chunks: LogChunk[] = [];
    const first = collectOutput(plan(chunks));
    void first.prepend(Buffer.from('attune: old\n'));
    expect(await first.prefaced()).toBe(12);
    expect(chunks.map(describeChunk)).toEqual(['0 stderr@0 attune: old\n']);
    await first.finish();
    const next = collectOutput(plan([], { stderrBefore: 12, logEnds: { stdout: 0, stderr: 15 } }));
    void next.receive('stderr', Buffer.from('warning'), 0);
    const { chunks: rest, stderr } = await next.finish();
    expect(rest.map(describeChunk)).toEqual(['0 stderr@15 ning']);
    expect(stderr).toEqual({ bytes: 19, dropped: 0 });
  });
});

describe('a stream of any bytes', () => {
  const words = fc.array(fc.constantFrom('hunter2', 'hunter', 'x', '\n', '\u0000', 'ö', 'plain text '), {
    maxLength: 60,
  });

  test('what is stored already and the chunks together are the masked stream, in order, wherever it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.nat(400),
        cutsArbitrary,
        fc.constantFrom<LogStream>('stdout', 'stderr'),
        async (said, stored, cuts, stream) => {
          const masked = Buffer.from(said.join('').replaceAll('hunter2', '***'));
          const end = Math.min(stored, masked.length);
          const chunks: LogChunk[] = [];
          const masker = createMasker(['hunter2']);
          const collector = collectOutput(
            plan(chunks, { masker, logEnds: { stdout: 0, stderr: 0, [stream]: end } }),
          );
          let offset = 0;
          for (const piece of pieces(Buffer.from(said.join('')), cuts)) {
            await collector.receive(stream, new Uint8Array(piece), offset);
            offset += piece.length;
          }
          const output = await collector.finish();
          const all = [...chunks, ...output.chunks];
          expect(join(all)).toEqual(masked.subarray(end));
          expect(all[0]?.offset ?? end).toBe(end);
          expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index));
          expect(output[stream]).toEqual({ bytes: masked.length, dropped: 0 });
          expect(inOrder(all)).toBe(true);
        },
      ),
    );
  });

  test('a gap lets no part of a secret through, and every byte is counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.nat(200),
        fc.integer({ min: 1, max: 200 }),
        cutsArbitrary,
        async (said, head, gap, cuts) => {
          const raw = Buffer.from(said.join('|'));
          const [first, rest] = [raw.subarray(0, head), raw.subarray(head + gap)];
          const chunks: LogChunk[] = [];
          const masker = createMasker(['hunter2']);
          const collector = collectOutput(plan(chunks, { masker }));
          await collector.receive('stdout', new Uint8Array(first), 0);
          let offset = head + gap;
          for (const piece of pieces(rest, cuts)) {
            if (piece.length > 0) await collector.receive('stdout', new Uint8Array(piece), offset);
            offset += piece.length;
          }
          const output = await collector.finish();
          const all = [...chunks, ...output.chunks];
          const text = join(all).toString();
          expect(text.replaceAll('hunter|', '').replaceAll('hunter', '')).not.toMatch(
            /hunter2|unter2|nter2|ter2|er2|r2/,
          );
          const tail = masker.text(rest.toString()).slice(longestSpelling);
          expect(text.endsWith(tail.slice(tail.indexOf('|')))).toBe(true);
          expect(output.stdout.bytes - output.stdout.dropped).toBe(
            all.reduce((sum, { bytes }) => sum + bytes.length, 0),
          );
          expect(inOrder(all)).toBe(true);
        },
      ),
    );
  });

  test('a secret that the gap has cut in two is hidden on both sides', async () => {
    const collector = collectOutput(plan([], { masker: createMasker(['hunter2']) }));
    void collector.receive('stdout', Buffer.from('before hun'), 0);
    void collector.receive('stdout', Buffer.from('unter2 hunter2 after'), 1000);
    const output = await collector.finish();
    expect(output.chunks.map(describeChunk)).toEqual(['0 stdout@0 before ***', '1 stdout@1000  after']);
    expect(output.stdout.dropped).toBe(990);
    expect(output.captured.complete).toBe(false);
  });

  test('much that waits is sent before the end, so that the last step stays small', async () => {
    const chunks: LogChunk[] = [];
    const { promise, resolve: free } = Promise.withResolvers<void>();
    const sink = async (some: readonly LogChunk[]): Promise<void> => {
      await promise;
      chunks.push(...some);
    };
    const collector = collectOutput(plan(chunks, { sink }));
    for (let index = 0; index < 40; index += 1) {
      void collector.receive('stdout', Buffer.alloc(64 * kib, 97), index * 64 * kib);
    }
    const finished = collector.finish();
    free();
    const output = await finished;
    expect(output.chunks.length).toBeLessThanOrEqual(8);
    expect(join([...chunks, ...output.chunks]).length).toBe(40 * 64 * kib);
  });
});

function describeChunk({ sequence, stream, offset, bytes }: LogChunk): string {
  return `${sequence} ${stream}@${offset} ${Buffer.from(bytes).toString()}`;
}

function inOrder(chunks: readonly LogChunk[]): boolean {
  let end = 0;
  return chunks.every(({ offset, bytes }) => {
    const fits = offset >= end;
    end = offset + bytes.length;
    return fits;
  });
}

function join(chunks: readonly LogChunk[]): Buffer {
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}
