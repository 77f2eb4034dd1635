import * as z from 'zod';
import { terminalState } from './execution-state.ts';
import { outcome } from './outcome.ts';
import { jsonObject, jsonValue } from './parameter-schema.ts';
import { regularExpression } from './runtime.ts';

/** One of them, or a list. */
function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => [value].flat(), z.array(item)).default([]);
}

/** What a stream must hold: each of the texts, and something for each of the regular expressions (`^` and `$` are those of lines). */
const textExpectation = z.strictObject({
  contains: oneOrMore(z.string().min(1)),
  matches: oneOrMore(regularExpression),
});
export type TextExpectation = z.infer<typeof textExpectation>;

/**
 * How an execution must end. `state` is `completed` unless it is given; where a failure is expected by `exit_code` or `error_code`, it is
 * `failed`. `data` must be the result's data, no more and no less. In `data_contains`, objects name the fields that count: others may stand
 * beside them, at any depth; lists are compared whole, item by item.
 */
const testExpectation = z.strictObject({
  state: terminalState.optional(),
  exit_code: z.int().min(0).max(255).optional(),
  error_code: z.string().min(1).optional(),
  data: jsonValue.optional(),
  data_contains: jsonValue.optional(),
  stdout: textExpectation.optional(),
  stderr: textExpectation.optional(),
});
export type TestExpectation = z.infer<typeof testExpectation>;

/** One test of a pack. `action` is a ref, or its part after the pack; `timeout` in seconds, in the place of the action's own. */
const packTest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  action: z.string().min(1),
  parameters: jsonObject.default({}),
  timeout: z.number().positive().optional(),
  expect: testExpectation.default({}),
});
export type PackTest = z.infer<typeof packTest>;

/** `tests/*.yaml`. An unknown field is a problem here: a mistyped expectation would hold for ever. */
export const packTestFile = z.array(packTest, 'must be a list of tests');

/** One thing that is not as a test expects it: which (`data.sum`), and both sides in words. */
export const testDifference = z.object({ field: z.string(), expected: z.string(), actual: z.string() });
export type TestDifference = z.infer<typeof testDifference>;

/** A test by its name; `place` is where it stands, like `tests/echo.yaml:3:3`. */
const testName = z.object({ name: z.string(), action: z.string(), place: z.string() });
export type TestName = z.infer<typeof testName>;

/**
 * What became of a test. `reason` is why it was skipped; `outcome` is null then. `stdout` and `stderr` are the ends of the masked log.
 */
export const testReport = testName.extend({
  verdict: z.enum(['passed', 'failed', 'skipped']),
  reason: z.string().nullable(),
  differences: z.array(testDifference),
  outcome: outcome.nullable(),
  stdout: z.string(),
  stderr: z.string(),
});
export type TestReport = z.infer<typeof testReport>;

/** What `attune-agent test` writes, a line each: that a test began, and how it ended. */
export const testEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('begin'), test: testName }),
  z.object({ event: z.literal('end'), test: testReport }),
]);
export type TestEvent = z.infer<typeof testEvent>;
