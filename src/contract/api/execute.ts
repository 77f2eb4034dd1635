import * as z from 'zod';
import { actionRef } from '../names.ts';
import type { JsonObject, JsonValue } from '../parameter-schema.ts';
import { retryPolicy } from '../retry.ts';

/** Deeper parameters are refused: every program that walks them would have to fear for its stack. */
const deepestParameters = 64;

/** An hour: longer waits are for the event streams. */
const longestWaitSeconds = 3600;

/** Seconds to wait for the execution to end before the answer is given, ended or not. */
export const waitSeconds = z.coerce.number().min(0).max(longestWaitSeconds);

/** Came out of a JSON parser, so only its depth is left to check. */
const parsedJson = z
  .custom<JsonValue>(
    (value) => depthWithin(value, deepestParameters),
    `is nested deeper than ${deepestParameters}`,
  )
  .meta({ description: 'Any JSON value' });

/** The body of `POST /api/v1/executions/execute`. */
export const executeRequest = z.strictObject({
  action: actionRef,
  parameters: z.record(z.string(), parsedJson).default({}),
  retry: retryPolicy.optional().describe("In the place of the action's own"),
  wait: waitSeconds.optional().describe('Seconds to wait for the end before answering'),
});
export type ExecuteRequest = z.input<typeof executeRequest> & { readonly parameters?: JsonObject };

function depthWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => depthWithin(inner, depth - 1));
}
