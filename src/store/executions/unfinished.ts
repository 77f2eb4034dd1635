import type { ExecutionResult } from '../../contract/outcome.ts';

/** The result of an execution that came to its end without a worker's word on it. */
export function unfinishedResult(code: string, message: string): ExecutionResult {
  const nothing = { bytes: 0, dropped: 0 };
  return {
    exit_code: null,
    signal: null,
    succeeded: false,
    duration_ms: 0,
    data: null,
    error: { code, message },
    stdout: nothing,
    stderr: nothing,
    peak_memory_bytes: null,
    cpu_ms: null,
  };
}
