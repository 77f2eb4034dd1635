import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { collectOutput, type OutputPlan } from '../../../../../src/agent/execute/output/collect-output.ts';
import { createMasker } from '../../../../../src/agent/execute/output/masking/masker.ts';
import type { LogChunk, LogStream } from '../../../../../src/contract/outcome.ts';
import { cutsArbitrary, pieces } from './pieces.ts';

const kib = 1024;

function plan(chunks: LogChunk[], changes: Partial<OutputPlan> = {}): OutputPlan {
  const sink = (some: readonly LogChunk[]): Promise<void> => {
    chunks.push(...some);
    return Promise.resolve();
  };
  return { masker: createMasker([]), limit: 10 * kib * kib, captureLimit: 64 * kib, sink, ...changes };
}

describe('output of a short job', () => {
  test('makes no call to the sink: all of it comes with the end', async () => {
    const sink = vi.fn<OutputPlan['sink']>();
    const collector = collectOutput(plan([], { sink }));
    expect(collector.receive('stdout', Buffer.from('hello '))).toBeUndefined();
    void collector.receive('stderr', Buffer.from('warning'));
    void collector.receive('stdout', Buffer.from('world'));
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
      void collector.receive('stdout', Buffer.from('first'));
      await vi.advanceTimersByTimeAsync(100);
      expect(chunks.map(describeChunk)).toEqual(['0 stdout@0 first']);
      void collector.receive('stdout', Buffer.from('second'));
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
    const answers = Array.from({ length: 9 }, () => collector.receive('stdout', piece));
    expect(answers.map((answer) => answer === undefined)).toEqual([
      ...Array.from({ length: 8 }, () => true),
      false,
    ]);
    expect(calls).toHaveLength(1);
    calls[0]?.();
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    calls[1]?.();
    await answers[8];
    await collector.finish();
  });
});

describe('a stream of any bytes', () => {
  test('the chunks together are the masked stream, head and tail, in order, wherever it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('hunter2', 'hunter', 'x', '\n', '\u0000', 'ö', 'plain text '), {
          maxLength: 60,
        }),
        fc.integer({ min: 2, max: 300 }),
        cutsArbitrary,
        fc.constantFrom<LogStream>('stdout', 'stderr'),
        async (words, limit, cuts, stream) => {
          const chunks: LogChunk[] = [];
          const collector = collectOutput(plan(chunks, { masker: createMasker(['hunter2']), limit }));
          for (const piece of pieces(Buffer.from(words.join('')), cuts)) {
            await collector.receive(stream, new Uint8Array(piece));
          }
          const output = await collector.finish();
          const all = [...chunks, ...output.chunks];
          const masked = Buffer.from(words.join('').replaceAll('hunter2', '***'));
          const head = Math.ceil(limit / 2);
          const tail = Math.max(head, masked.length - Math.floor(limit / 2));
          expect(join(all)).toEqual(Buffer.concat([masked.subarray(0, head), masked.subarray(tail)]));
          expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index));
          expect(output[stream]).toEqual({
            bytes: masked.length,
            dropped: Math.max(0, masked.length - limit),
          });
          expect(inOrder(all)).toBe(true);
        },
      ),
    );
  });

  test('a long tail is sent before the end, so that the last step stays small', async () => {
    const chunks: LogChunk[] = [];
    const collector = collectOutput(plan(chunks, { limit: 4 * kib * kib }));
    for (let index = 0; index < 200; index += 1) {
      await collector.receive('stdout', Buffer.alloc(64 * kib, 97 + (index % 26)));
    }
    const output = await collector.finish();
    expect(output.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(512 * kib);
    expect([...chunks, ...output.chunks].reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(
      4 * kib * kib,
    );
    expect(output.stdout).toEqual({ bytes: 200 * 64 * kib, dropped: 200 * 64 * kib - 4 * kib * kib });
    expect(output.captured.complete).toBe(false);
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
