import { describe, expect, test } from 'vitest';
import { createMasker } from '../../../../../src/agent/execute/output/masking/masker.ts';
import { buildOutcome, type EndedAttempt } from '../../../../../src/agent/execute/result/build-outcome.ts';
import {
  endedBeforeStart,
  failedBeforeStart,
} from '../../../../../src/agent/execute/result/failed-before-start.ts';
import type { JobExit } from '../../../../../src/agent/host/process-host.ts';
import { outcome, type Outcome } from '../../../../../src/contract/outcome.ts';
import { AttuneError } from '../../../../../src/shared/errors.ts';

interface Case {
  readonly exit?: Partial<JobExit>;
  readonly format?: EndedAttempt['format'];
  readonly stdout?: string;
  readonly stderrEnd?: string;
}

function build({ exit = {}, format = 'json', stdout = '', stderrEnd = '' }: Case): Outcome {
  const bytes = Buffer.from(stdout);
  return buildOutcome({
    exit: {
      exitCode: 0,
      signal: null,
      cause: 'exited',
      durationMilliseconds: 12.4,
      peakMemoryBytes: null,
      strays: 0,
      survivors: 0,
      cpuMilliseconds: 3,
      lostOutput: 'nothing',
      ...exit,
    },
    output: {
      chunks: [],
      stdout: { bytes: bytes.length, dropped: 0 },
      stderr: { bytes: stderrEnd.length, dropped: 0 },
      captured: { bytes, complete: true },
      stderrEnd,
    },
    format,
    masker: createMasker(['hunter2']),
    timeout: 30,
  });
}

describe('the state and its reason', () => {
  test.for([
    [{ stdout: '1' }, 'completed', undefined],
    [{ exit: { exitCode: 3 } }, 'failed', 'nonzero_exit'],
    [{ exit: { exitCode: null, signal: 'SIGSEGV' } }, 'failed', 'killed_by_signal'],
    [{ stdout: 'x' }, 'failed', 'output_unparsable'],
    [{ exit: { cause: 'timeout' }, stdout: '1' }, 'timeout', 'timeout'],
    [{ exit: { cause: 'cancelled', exitCode: 0 } }, 'cancelled', 'cancelled'],
    [{ exit: { cause: 'shutdown', exitCode: null, signal: 'SIGTERM' } }, 'abandoned', 'worker_stopped'],
    [{ exit: { lostOutput: 'no_memory' }, stdout: '1' }, 'failed', 'output_lost'],
    [{ exit: { lostOutput: 'leaked' }, stdout: '1' }, 'completed', undefined],
    [{ exit: { cause: 'fenced' } }, 'abandoned', 'fenced'],
  ] as const)('%j is %s', ([given, state, code]) => {
    const built = build(given);
    expect(outcome.parse(built)).toEqual(built);
    expect([built.state, built.result.error?.code, built.result.succeeded]).toEqual([
      state,
      code,
      state === 'completed',
    ]);
  });

  test('a failure shows the end of stderr', () => {
    const { result } = build({ exit: { exitCode: 2 }, stderrEnd: 'Traceback\nKeyError: hunter2\n' });
    expect(result.error?.message).toBe(
      'The process ended with exit code 2; stderr ends with:\nTraceback\nKeyError: ***',
    );
  });
});

test('the data is parsed before it is masked, so that a mask can break no document', () => {
  expect(build({ stdout: '{"hunter2": "my hunter2"}' }).result.data).toEqual({ '***': 'my ***' });
});

test('an attempt without a process', () => {
  const failed = failedBeforeStart(new AttuneError('spawn_failed', 'no such program'));
  expect(outcome.parse(failed)).toEqual(failed);
  expect(failed).toMatchObject({ state: 'failed', result: { error: { code: 'spawn_failed' } } });
  expect(endedBeforeStart('cancelled', 30)).toMatchObject({ state: 'cancelled' });
});
