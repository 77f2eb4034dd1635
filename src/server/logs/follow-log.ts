import type { LogEvent } from '../../contract/api/log-events.ts';
import { isTerminal } from '../../contract/execution-state.ts';
import type { LogStream } from '../../contract/outcome.ts';
import type { Sql } from '../../store/connect.ts';
import { readLog, type LogPart } from '../../store/executions/logs.ts';
import type { ExecutionEvents } from '../events/execution-events.ts';
import { joinPieces, toRun, withoutCutCharacter } from './runs.ts';

/** Bytes that are read, and held in memory for one client, at a time. */
const readBytes = 256 * 1024;

/** Where a client stands: it has everything before this byte of this attempt. */
export interface LogPosition {
  /** Absent: begin with the attempt that there is. */
  readonly epoch: number | undefined;
  readonly offset: number;
}

export interface LogSource {
  readonly sql: Sql;
  readonly events: ExecutionEvents;
  readonly execution: number;
  readonly stream: LogStream;
}

/**
 * Everything that a stream of an execution holds from `position` on, as it comes, up to the execution's end; further
 * attempts follow the first. Ends early when `signal` is aborted.
 */
export async function* followLog(
  source: LogSource,
  position: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const watcher = source.events.watchOutput(source.execution);
  try {
    let { epoch, offset } = position;
    while (!signal.aborted) {
      const part = await readPart(source, epoch, offset);
      if (part === undefined) return;
      if (epoch !== undefined && epoch !== part.epoch) offset = 0;
      // Before the first attempt the epoch is 0, and the client's offset is meant for what is to come.
      epoch = part.epoch === 0 ? undefined : part.epoch;
      const events = eventsOf(part, offset);
      yield* events;
      const last = events.at(-1);
      if (last !== undefined) offset = last.data.end;
      else if (isTerminal(part.state)) {
        yield { event: 'end', id: `${part.epoch}:${offset}`, data: { state: part.state } };
        return;
      } else await watcher.news(signal);
    }
  } finally {
    watcher.close();
  }
}

/** The next part of the attempt `epoch`, or, where that has no more and another one has begun, the first of that one. */
async function readPart(
  { sql, execution, stream }: LogSource,
  epoch: number | undefined,
  offset: number,
): Promise<LogPart | undefined> {
  const query = { execution, stream, limit: readBytes };
  const present = await readLog(sql, { ...query, offset });
  if (present === undefined || epoch === undefined || present.epoch === epoch) return present;
  const earlier = await readLog(sql, { ...query, epoch, offset });
  return earlier === undefined || earlier.pieces.length > 0 ? earlier : readLog(sql, { ...query, offset: 0 });
}

type PartEvent = Exclude<LogEvent, { event: 'end' }>;

/** A cut character at the end is kept back: the next part begins with it. Nothing can complete it where nothing comes. */
function eventsOf({ epoch, state, pieces }: LogPart, from: number): PartEvent[] {
  const events: PartEvent[] = [];
  let position = from;
  const runs = joinPieces(pieces);
  for (const [index, { offset, bytes }] of runs.entries()) {
    if (offset > position) {
      const data = { epoch, offset: position, end: offset, dropped: offset - position };
      events.push({ event: 'gap', id: `${epoch}:${offset}`, data });
    }
    const whole = index === runs.length - 1 ? withoutCutCharacter(bytes) : bytes;
    const sent = whole.length === 0 && isTerminal(state) ? bytes : whole;
    position = offset + sent.length;
    if (sent.length === 0) continue;
    events.push({ event: 'chunk', id: `${epoch}:${position}`, data: toRun(epoch, { offset, bytes: sent }) });
  }
  return events;
}
