import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectOutput, type CollectedOutput } from '../../../../src/agent/execute/output/collect-output.ts';
import { createMasker } from '../../../../src/agent/execute/output/masking/masker.ts';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { hostile, runTrial } from './hostile.ts';
import { startSupervised } from './supervised.ts';

const mib = 1024 * 1024;
const limit = 10 * mib;
/** Capture, and what is under way, twice over: far from what was printed. */
const allowedGrowth = 100 * mib;

let host: ProcessHost;

beforeAll(async () => {
  host = await startSupervised();
});

afterAll(() => host.close());

interface Flood {
  readonly output: CollectedOutput;
  readonly sent: number;
  readonly growth: number;
}

async function flood(bytes: number, kind: string, secrets: readonly string[]): Promise<Flood> {
  const before = process.memoryUsage.rss();
  let most = before;
  let sent = 0;
  const collector = collectOutput({
    masker: createMasker(secrets),
    stderrBefore: 0,
    logEnds: { stdout: 0, stderr: 0 },
    captureLimit: limit,
    sink: (chunks) => {
      sent += chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      return Promise.resolve();
    },
  });
  await runTrial(host, [process.execPath, hostile('prints.mjs'), String(bytes), kind], {
    receive: (stream, piece, offset) => {
      most = Math.max(most, process.memoryUsage.rss());
      return collector.receive(stream, piece, offset);
    },
    outputLimit: limit,
    timeoutMilliseconds: 120_000,
  });
  return { output: await collector.finish(), sent, growth: most - before };
}

test.for([
  ['1 GB of lines', 1_000_000_000, 'lines', []],
  ['one line of 100 MB', 100_000_000, 'oneLine', ['hunter2']],
  ['20 MB that are no text, with NUL bytes', 20_000_000, 'invalid', ['hunter2']],
] as const)(
  'a flood of output needs no memory: %s',
  { timeout: 120_000 },
  async ([, bytes, kind, secrets]) => {
    const { output, sent, growth } = await flood(bytes, kind, secrets);
    const kept = sent + output.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    expect(output.stdout.dropped).toBe(bytes - limit);
    expect(kept).toBe(output.stdout.bytes - output.stdout.dropped);
    // Behind the gap, what may be the end of a secret is left out: hunter2 has 10 letters at most, in base64.
    expect(limit - kept).toBe(secrets.length === 0 ? 0 : 9);
    expect(growth).toBeLessThan(allowedGrowth);
  },
);
