import type { Outcome } from '../../../contract/outcome.ts';
import type { AttuneError } from '../../../shared/errors.ts';
import type { EndCause } from '../../host/process-host.ts';
import { describeCause, type FailedEnd } from './describe-end.ts';

/** The end of an attempt whose process could not be started. */
export function failedBeforeStart({ code, message }: AttuneError): Outcome {
  return withoutProcess({ state: 'failed', error: { code, message } });
}

/**
 * The end of an attempt that was called off before its process existed.
 * @param timeout seconds that the action had
 */
export function endedBeforeStart(cause: Exclude<EndCause, 'exited'>, timeout: number): Outcome {
  return withoutProcess(describeCause(cause, timeout));
}

function withoutProcess({ state, error }: FailedEnd): Outcome {
  return {
    state,
    result: {
      exit_code: null,
      signal: null,
      succeeded: false,
      duration_ms: 0,
      data: null,
      error,
      stdout: { bytes: 0, dropped: 0 },
      stderr: { bytes: 0, dropped: 0 },
      peak_memory_bytes: null,
      cpu_ms: null,
    },
  };
}
