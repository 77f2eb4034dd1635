import type { LogChunk, Outcome } from '../../contract/outcome.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { JobExit, OutputReceiver, ProcessHost } from '../host/process-host.ts';
import type { Link } from '../link/link.ts';
import type { agentSettings } from '../settings.ts';
import type { Delivery } from '../spool/deliver.ts';
import type { Undelivered } from '../spool/spool.ts';
import type { Ending } from './ending.ts';
import { createLogSink } from './log-sink.ts';
import { collectOutput, type LogEnds, type OutputCollector } from './output/collect-output.ts';
import { createMasker } from './output/masking/masker.ts';
import type { AttemptRecord } from './record.ts';
import { buildOutcome } from './result/build-outcome.ts';
import { endedBeforeStart, failedBeforeStart } from './result/failed-before-start.ts';
import { captureLimit } from './result/parse-output.ts';

/** What attempts are followed with. */
export interface AttemptParts {
  readonly config: Pick<
    Configuration<typeof agentSettings>,
    'graceTime' | 'outputLimit' | 'temporaryDirectory'
  >;
  readonly host: Pick<ProcessHost, 'start'>;
  readonly link: Pick<Link, 'appendLogs'>;
  readonly delivery: Delivery;
  readonly logger: Logger;
}

/** What an attempt left: its end and the chunks that no flush has stored; `undefined` where it was fenced off. */
export type Ended = Omit<Undelivered, 'attempt'> | undefined;

/** What of an attempt matters to whoever follows it. */
export type Observed = Pick<AttemptRecord, 'attempt' | 'format' | 'secrets' | 'timeout' | 'stderrBefore'>;

/** What listens to an attempt and its process. One of the three ends is to be called, once. */
export interface Observation extends Pick<OutputCollector, 'prepend' | 'prefaced'> {
  readonly receive: OutputReceiver;
  /** The process has ended. */
  conclude(exit: JobExit): Promise<Ended>;
  /** It could not be started; what was said before, as by an installer, belongs to the attempt. */
  giveUp(error: AttuneError): Promise<Ended>;
  /** It was ended before its process existed. */
  callOff(cause: NonNullable<Ending['cause']>): Promise<Ended>;
}

/** Sends the output of an attempt's process to its log while it comes, and makes the outcome of its end. */
export function observe(
  observed: Observed,
  { ending, logEnds }: { readonly ending: Ending; readonly logEnds: LogEnds },
  { config, delivery, link, logger }: AttemptParts,
): Observation {
  const { attempt, format, secrets, stderrBefore, timeout } = observed;
  const masker = createMasker(secrets);
  // Aborted with a reason, so that no DOMException is made for each attempt.
  const over = new AbortController();
  const sink = createLogSink({
    attempt,
    link,
    logger,
    onFenced: () => ending.request('fenced'),
    signals: [over.signal, delivery.signal],
  });
  const output = collectOutput({
    masker,
    stderrBefore,
    logEnds,
    captureLimit: captureLimit(format, config.outputLimit),
    sink: sink.store,
  });
  const unsent = (chunks: readonly LogChunk[]) => [...sink.unsent, ...chunks];

  async function endWithout(outcome: Outcome): Promise<Ended> {
    over.abort('over');
    const { chunks } = await output.finish();
    return { outcome, chunks: unsent(chunks) };
  }

  return {
    prepend: output.prepend,
    prefaced: output.prefaced,
    receive: output.receive,
    async conclude(exit) {
      over.abort('over');
      if (exit.cause === 'fenced') return undefined;
      if (exit.survivors > 0 || exit.lostOutput !== 'nothing') reportRemains(exit, attempt, logger);
      const collected = await output.finish();
      const outcome = buildOutcome({ exit, output: collected, format, masker, timeout });
      return { outcome, chunks: unsent(collected.chunks) };
    },
    giveUp: ({ code, message }) => endWithout(failedBeforeStart(new AttuneError(code, masker.text(message)))),
    async callOff(cause) {
      const ended = await endWithout(endedBeforeStart(cause, timeout));
      return cause === 'fenced' ? undefined : ended;
    },
  };
}

function reportRemains(exit: JobExit, attempt: AttemptRecord['attempt'], logger: Logger): void {
  const { survivors, lostOutput } = exit;
  logger.warn(
    { ...attempt, survivors, lost_output: lostOutput },
    'the job left something that could not be ended',
  );
}
