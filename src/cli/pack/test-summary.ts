import type { TestReport } from '../../contract/pack-test.ts';
import { exitStatus } from '../exit-status.ts';

/** What became of all tests of a pack. */
export interface TestSummary {
  readonly pack: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Planned, and not run, because somebody called it off. */
  readonly left: number;
  readonly tests: readonly TestReport[];
}

export function summarize(pack: string, planned: number, tests: readonly TestReport[]): TestSummary {
  const count = (verdict: TestReport['verdict']) => tests.filter((test) => test.verdict === verdict).length;
  return {
    pack,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    left: planned - tests.length,
    tests,
  };
}

/** @param requireAll whether a test that this machine can't run is a failure */
export function statusOfTests({ failed, left, skipped }: TestSummary, requireAll: boolean): number {
  return failed + left + (requireAll ? skipped : 0) === 0 ? exitStatus.ok : exitStatus.failed;
}
