import type { LogChunk, LogStream, Outcome } from '../../contract/outcome.ts';
import type { TestReport } from '../../contract/pack-test.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { ReadTest } from '../../packs/pack-tests.ts';
import { failedBeforeStart } from '../execute/result/failed-before-start.ts';
import { assign } from './assign.ts';
import { differencesOf } from './differences.ts';
import type { Engine } from './engine.ts';
import { missingRuntime } from './missing-runtime.ts';
import type { LocalPack } from '../../packs/open-pack.ts';

/** How much of the end of a stream a report holds, in characters. */
const mostLog = 8 * 1024;

/** Runs one test of a pack; it is skipped where this machine lacks a runtime. */
export async function runTest(test: ReadTest, pack: LocalPack, engine: Engine): Promise<TestReport> {
  const { name, place, definition } = test;
  const named = { name, place, action: definition.ref };
  const reason = missingRuntime(definition, pack, engine.runtimes);
  if (reason !== undefined)
    return { ...named, verdict: 'skipped', reason, differences: [], outcome: null, stdout: '', stderr: '' };
  const log = new Log();
  const outcome = await execute(test, pack, { engine, log });
  const [stdout, stderr] = [log.text('stdout'), log.text('stderr')];
  const differences = differencesOf(test, { outcome, stdout, stderr });
  const verdict = differences.length === 0 ? 'passed' : 'failed';
  return {
    ...named,
    verdict,
    reason: null,
    differences,
    outcome,
    stdout: stdout.slice(-mostLog),
    stderr: stderr.slice(-mostLog),
  };
}

/** Parameters that the control plane would refuse are an end like others: a test may expect it. */
async function execute(
  { definition, parameters, timeout }: ReadTest,
  pack: LocalPack,
  { engine, log }: { readonly engine: Engine; readonly log: Log },
): Promise<Outcome> {
  try {
    const assignment = assign(pack, definition, parameters);
    return await engine.run({ ...assignment, timeout: timeout ?? assignment.timeout }, (chunks) =>
      log.add(chunks),
    );
  } catch (error) {
    if (error instanceof AttuneError) return failedBeforeStart(error);
    throw error;
  }
}

/** What an execution writes, as much as a worker keeps. */
class Log {
  readonly #pieces: Record<LogStream, Uint8Array[]> = { stdout: [], stderr: [] };

  add(chunks: readonly LogChunk[]): void {
    for (const { stream, bytes } of chunks) this.#pieces[stream].push(bytes);
  }

  text(stream: LogStream): string {
    return Buffer.concat(this.#pieces[stream]).toString();
  }
}
