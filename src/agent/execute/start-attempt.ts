import type { Assignment } from '../../contract/assignment.ts';
import type { LogChunk } from '../../contract/outcome.ts';
import type { Attempt } from '../../contract/worker.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { JobSpecification, ProcessHost } from '../host/process-host.ts';
import type { Assigned, Link } from '../link/link.ts';
import type { agentSettings } from '../settings.ts';
import { deliver, type Delivery } from '../spool/deliver.ts';
import type { RunningAttempt } from './attempts.ts';
import type { Command } from './command/command.ts';
import { Ending } from './ending.ts';
import { createLogSink } from './log-sink.ts';
import { collectOutput } from './output/collect-output.ts';
import { createMasker } from './output/masking/masker.ts';
import { secretValues } from './output/masking/secret-values.ts';
import { deliverParameters } from './parameters/deliver-parameters.ts';
import { buildOutcome } from './result/build-outcome.ts';
import { endedBeforeStart, failedBeforeStart } from './result/failed-before-start.ts';
import { captureLimit } from './result/parse-output.ts';
import type { Undelivered } from '../spool/spool.ts';

export interface AttemptParts {
  readonly config: Pick<
    Configuration<typeof agentSettings>,
    'graceTime' | 'outputLimit' | 'temporaryDirectory'
  >;
  readonly host: ProcessHost;
  readonly link: Pick<Link, 'appendLogs'>;
  readonly delivery: Delivery;
  readonly logger: Logger;
  readonly resolveCommand: (assignment: Assignment) => Promise<Command>;
}

/** What an attempt left: its end and the chunks that no flush has stored; `undefined` where it was fenced off. */
type Ended = Omit<Undelivered, 'attempt'> | undefined;

/** Makes the function that runs assignments: from the claim to the stored terminal state. */
export function createAttemptStarter(parts: AttemptParts): (assigned: Assigned) => RunningAttempt {
  return ({ assignment }) => {
    const { execution, epoch } = assignment;
    const attempt = { execution, epoch };
    const ending = new Ending();
    return {
      attempt,
      end: (cause) => ending.request(cause),
      kill: () => ending.kill(),
      done: runToEnd(attempt, assignment, ending, parts),
    };
  };
}

async function runToEnd(
  attempt: Attempt,
  assignment: Assignment,
  ending: Ending,
  parts: AttemptParts,
): Promise<void> {
  const { delivery, logger } = parts;
  const ended = await run(attempt, assignment, ending, parts).catch((error: unknown) =>
    failed(error, logger, attempt),
  );
  const verdict = ended === undefined ? 'fenced' : await deliver({ attempt, ...ended }, delivery);
  logger.info(
    { ...attempt, action: assignment.action.ref, state: ended?.outcome.state, verdict },
    'execution ended',
  );
}

async function run(
  attempt: Attempt,
  assignment: Assignment,
  ending: Ending,
  { config, delivery, host, link, logger, resolveCommand }: AttemptParts,
): Promise<Ended> {
  const { action, parameters, secrets, timeout } = assignment;
  const command = await resolveCommand(assignment);
  const delivered = await deliverParameters({
    delivery: action.parameter_delivery,
    format: action.parameter_format,
    parameters,
    secrets,
    temporaryDirectory: config.temporaryDirectory,
  });
  try {
    const masker = createMasker(secretValues(parameters, secrets));
    const over = new AbortController();
    const sink = createLogSink({
      attempt,
      link,
      logger,
      onFenced: () => ending.request('fenced'),
      signal: AbortSignal.any([over.signal, delivery.signal]),
    });
    const output = collectOutput({
      masker,
      limit: config.outputLimit,
      captureLimit: captureLimit(action.output_format, config.outputLimit),
      sink: sink.store,
    });
    for (const warning of command.warnings)
      void output.receive('stderr', Buffer.from(`attune: ${warning}\n`));
    if (ending.cause !== undefined) return beforeStart(ending.cause, timeout);
    const specification: JobSpecification = {
      argv: command.argv,
      environment: { ...command.environment, ...delivered.environment },
      workingDirectory: command.workingDirectory,
      stdin: delivered.stdin,
      timeoutMilliseconds: timeout * 1000,
      graceMilliseconds: config.graceTime * 1000,
    };
    const job = await host.start(specification, output.receive).catch(asStartFailure);
    if (job instanceof AttuneError) {
      over.abort();
      const { chunks } = await output.finish();
      return { outcome: failedBeforeStart(job), chunks: [...sink.unsent, ...chunks] };
    }
    ending.attach(job);
    const exit = await job.exited;
    over.abort();
    if (exit.cause === 'fenced') return undefined;
    const collected = await output.finish();
    const outcome = buildOutcome({ exit, output: collected, format: action.output_format, masker, timeout });
    return { outcome, chunks: [...sink.unsent, ...collected.chunks] };
  } finally {
    await delivered.remove();
  }
}

/** That a process can't be started is an end like others: what was said before, such as a warning, belongs to it. */
function asStartFailure(error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  throw error;
}

function beforeStart(cause: NonNullable<Ending['cause']>, timeout: number): Ended {
  return cause === 'fenced' ? undefined : { outcome: endedBeforeStart(cause, timeout), chunks: noChunks };
}

const noChunks: readonly LogChunk[] = [];

function failed(error: unknown, logger: Logger, attempt: Attempt): Ended {
  if (error instanceof AttuneError) return { outcome: failedBeforeStart(error), chunks: noChunks };
  logger.error({ ...attempt, err: error }, 'attempt failed by a fault of the agent');
  const fault = new AttuneError('internal_error', `The worker failed: ${describeError(error)}`, {
    cause: error,
  });
  return { outcome: failedBeforeStart(fault), chunks: noChunks };
}
