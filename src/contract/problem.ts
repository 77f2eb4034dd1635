import * as z from 'zod';

/** One thing wrong with an input: `path` is where (`parameters.count`, `actions/x.yaml:3`), `message` what and how to mend it. */
export const violation = z.object({ path: z.string(), message: z.string() });
export type Violation = z.infer<typeof violation>;

/** RFC 9457 problem document; `code` is stable and meant for programs. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  violations: z.array(violation).optional(),
});
export type Problem = z.infer<typeof problem>;
