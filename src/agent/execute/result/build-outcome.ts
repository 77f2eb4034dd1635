import type { OutputFormat } from '../../../contract/action.ts';
import type { TerminalState } from '../../../contract/execution-state.ts';
import type { AttemptError, ExecutionResult, Outcome } from '../../../contract/outcome.ts';
import type { JsonValue } from '../../../contract/parameter-schema.ts';
import { AttuneError } from '../../../shared/errors.ts';
import type { JobExit } from '../../host/process-host.ts';
import type { CollectedOutput } from '../output/collect-output.ts';
import type { Masker } from '../output/masking/masker.ts';
import { describeEnd } from './describe-end.ts';
import { parseOutput } from './parse-output.ts';

export interface EndedAttempt {
  readonly exit: JobExit;
  readonly output: CollectedOutput;
  readonly format: OutputFormat;
  readonly masker: Masker;
  /** Seconds that the action had. */
  readonly timeout: number;
}

/** What became of an attempt whose process ran: state and result, masked. */
export function buildOutcome(ended: EndedAttempt): Outcome {
  const end = describeEnd(ended.exit, { timeout: ended.timeout, stderrEnd: ended.output.stderrEnd });
  if (end.error !== null) return assemble(ended, end.state, { data: null, error: end.error });
  try {
    const data = ended.masker.json(parseOutput(ended.format, ended.output.captured));
    return assemble(ended, 'completed', { data, error: null });
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    return assemble(ended, 'failed', { data: null, error: { code: error.code, message: error.message } });
  }
}

function assemble(
  { exit, output, masker }: EndedAttempt,
  state: TerminalState,
  { data, error }: { readonly data: JsonValue; readonly error: AttemptError | null },
): Outcome {
  const result: ExecutionResult = {
    exit_code: exit.exitCode,
    signal: exit.signal,
    succeeded: state === 'completed',
    duration_ms: Math.round(exit.durationMilliseconds),
    data,
    error: error === null ? null : { code: error.code, message: masker.text(error.message) },
    stdout: output.stdout,
    stderr: output.stderr,
    peak_memory_bytes: exit.peakMemoryBytes,
    cpu_ms: Math.round(exit.cpuMilliseconds),
  };
  return { state, result };
}
