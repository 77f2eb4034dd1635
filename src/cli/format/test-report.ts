import type { TestDifference, TestReport } from '../../contract/pack-test.ts';
import type { Output } from '../context.ts';
import type { TestSummary } from '../pack/test-summary.ts';
import { duration } from './age.ts';
import { paint } from './paint.ts';
import { plain } from './table.ts';

const marks = { passed: ['green', '✔'], failed: ['red', '✘'], skipped: ['yellow', '-'] } as const;

/** A line for a test; below it, what is not as expected, and the end of its log. */
export function testText(output: Output, test: TestReport): string {
  const [colour, mark] = marks[test.verdict];
  const time = test.outcome === null ? [] : [duration(test.outcome.result.duration_ms)];
  const facts = [test.action, ...time, ...(test.verdict === 'failed' ? [test.place] : [])].join(', ');
  const reason = test.reason === null ? '' : ` skipped: ${plain(test.reason)}`;
  const line = `${paint(output, colour, mark)} ${plain(test.name)} ${paint(output, 'gray', `(${facts})`)}${reason}\n`;
  return test.verdict === 'failed'
    ? `${line}${differencesText(output, test.differences)}${logText(output, test)}`
    : line;
}

/** `3 passed, 1 failed, 2 skipped`. */
export function summaryText(output: Output, { passed, failed, skipped, left }: TestSummary): string {
  const parts = [
    paint(output, passed > 0 ? 'green' : 'gray', `${passed} passed`),
    ...(failed > 0 ? [paint(output, 'red', `${failed} failed`)] : []),
    ...(skipped > 0 ? [paint(output, 'yellow', `${skipped} skipped`)] : []),
    ...(left > 0 ? [paint(output, 'red', `${left} not run`)] : []),
  ];
  return `${parts.join(', ')}\n`;
}

function differencesText(output: Output, differences: readonly TestDifference[]): string {
  const width = Math.max(...differences.map(({ field }) => field.length));
  return differences
    .map(({ field, expected, actual }) => {
      const name = `    ${plain(field).padEnd(width)}  `;
      const below = ' '.repeat(name.length);
      return `${name}${paint(output, 'green', `expected ${plain(expected)}`)}\n${below}${paint(output, 'red', `but was  ${plain(actual)}`)}\n`;
    })
    .join('');
}

/** How many lines of stderr stand below a failed test; `--json` has more. */
const mostLines = 10;

function logText(output: Output, { stderr }: TestReport): string {
  const lines = stderr.trimEnd().split('\n').slice(-mostLines);
  if (stderr.trim() === '') return '';
  return `    ${paint(output, 'gray', 'stderr ends with')}\n${lines.map((line) => `      ${plain(line)}\n`).join('')}`;
}
