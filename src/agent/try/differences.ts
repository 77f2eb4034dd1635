import type { Outcome } from '../../contract/outcome.ts';
import type { PackTest, TestDifference, TestExpectation, TextExpectation } from '../../contract/pack-test.ts';
import { differencesOfData } from './data-differences.ts';
import { shorten } from './shorten.ts';

/** How an execution ended, and what it wrote. */
export interface Observed {
  readonly outcome: Outcome;
  /** Masked. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything that is not as a test expects it. */
export function differencesOf({ expect }: Pick<PackTest, 'expect'>, observed: Observed): TestDifference[] {
  const { state, result } = observed.outcome;
  return [
    ...differenceOf('state', expectedState(expect), state, result.error?.message),
    ...differenceOf('exit_code', expect.exit_code, result.exit_code),
    ...differenceOf('error_code', expect.error_code, result.error?.code ?? null),
    ...(expect.data === undefined ? [] : differencesOfData(expect.data, result.data, 'whole')),
    ...(expect.data_contains === undefined
      ? []
      : differencesOfData(expect.data_contains, result.data, 'part')),
    ...differencesOfText('stdout', expect.stdout, observed.stdout),
    ...differencesOfText('stderr', expect.stderr, observed.stderr),
  ];
}

/** A test that names an error means a failure. */
function expectedState({ state, exit_code: exitCode = 0, error_code: errorCode }: TestExpectation): string {
  return state ?? (exitCode === 0 && errorCode === undefined ? 'completed' : 'failed');
}

function differenceOf<Value>(
  field: string,
  expected: Value | undefined,
  actual: Value,
  remark?: string,
): TestDifference[] {
  if (expected === undefined || expected === actual) return [];
  const addition = remark === undefined ? '' : `: ${shorten(remark)}`;
  return [{ field, expected: String(expected), actual: `${String(actual)}${addition}` }];
}

function differencesOfText(
  field: 'stdout' | 'stderr',
  expected: TextExpectation | undefined,
  text: string,
): TestDifference[] {
  if (expected === undefined) return [];
  const actual = text === '' ? 'nothing' : shorten(JSON.stringify(text));
  const missing = expected.contains.filter((part) => !text.includes(part));
  const unmatched = expected.matches.filter((pattern) => !new RegExp(pattern, 'm').test(text));
  return [
    ...missing.map((part) => ({ field, expected: `contains ${JSON.stringify(part)}`, actual })),
    ...unmatched.map((pattern) => ({ field, expected: `matches /${pattern}/`, actual })),
  ];
}
