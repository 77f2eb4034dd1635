import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { AttuneError } from '../../../shared/errors.ts';
import { explainSpawnError, type SpawnFailure } from '../explain-spawn-error.ts';
import type {
  Inheritance,
  InheritedJob,
  Job,
  JobSpecification,
  OutputReceiver,
  ProcessHost,
} from '../process-host.ts';
import { converse } from './conversation.ts';
import { encodeFrame, maxFrameSize, type Frame } from './frames.ts';
import { HandoverReader, type HandedJob } from './handover.ts';
import {
  decodeOutput,
  decodeRefusal,
  encodeHello,
  encodeNote,
  MessageType,
  protocolVersion,
  type Patience,
} from './messages.ts';
import { streamCredit } from './output-queue.ts';
import { Slots } from './slots.ts';
import { encodeStart } from './start-message.ts';
import { SupervisedJob } from './supervised-job.ts';

/** Source: JOBS in build/supervisor/protocol.h. */
const maxJobs = 1024;
/** More often than the supervisor looks. */
const pingsPerPatience = 10;

interface Entry {
  readonly job: SupervisedJob;
  readonly specification?: JobSpecification;
  readonly started?: PromiseWithResolvers<Job>;
}

/**
 * The process host whose processes belong to the supervisor at the other end of `socket` (build/supervisor). A supervisor that dies takes all
 * jobs along.
 * @throws AttuneError `spawn_failed` when the supervisor does not answer as it should
 */
export async function openSupervisedProcessHost(socket: Socket, patience: Patience): Promise<ProcessHost> {
  const entries = new Slots<Entry>(maxJobs);
  const failing = Promise.withResolvers<AttuneError>();
  const reader = new HandoverReader();
  const inheriting = Promise.withResolvers<Inheritance>();
  let failure: AttuneError | undefined;
  let take = takeHandover;

  const conversation = converse(socket, (frame) => take(frame), fail);

  function send(frame: Buffer): void {
    if (failure === undefined) conversation.send(frame);
  }

  function makeJob(slot: number, output: OutputReceiver): SupervisedJob {
    const release = (last: Buffer) => {
      if (failure === undefined) conversation.sendInPassing(last);
      leave(slot);
    };
    return new SupervisedJob({ slot, send, leave: release }, output);
  }

  function start(specification: JobSpecification, output: OutputReceiver): Promise<Job> {
    const problem = failure ?? findTextProblem(specification);
    if (problem !== undefined) return Promise.reject(problem);
    const slot = entries.reserve();
    if (slot === undefined)
      return Promise.reject(explainSpawnError(specification, { code: 'EAGAIN', step: 'clone' }));
    const frame = encodeStart(slot, specification, streamCredit);
    if (frame.length > maxFrameSize) {
      entries.release(slot);
      return Promise.reject(explainSpawnError(specification, { code: 'E2BIG', step: 'program' }));
    }
    const started = Promise.withResolvers<Job>();
    entries.set(slot, { job: makeJob(slot, output), specification, started });
    conversation.expectSomething(true);
    send(frame);
    return started.promise;
  }

  function inherit({ slot, pid, record }: HandedJob): InheritedJob {
    let receiver: OutputReceiver | undefined;
    const job = makeJob(slot, (...piece) => receiver?.(...piece));
    // Its report may come at once; its output does not before we ask for it.
    entries.occupy(slot, { job });
    return {
      record,
      adopt(output) {
        receiver = output;
        job.askForOutput();
        return job.handle(pid);
      },
    };
  }

  function leave(slot: number): void {
    entries.release(slot);
    if (entries.all().length === 0) conversation.expectSomething(false);
  }

  function takeHandover(frame: Frame): void {
    const complete = reader.take(frame);
    if (complete === undefined) return;
    // At once: the next frame may be of one of these jobs.
    take = takeFromJob;
    const { version, note, jobs, reports } = complete;
    if (version !== protocolVersion)
      return fail(`speaks version ${version} of its protocol, not ${protocolVersion}`);
    inheriting.resolve({ note, jobs: jobs.map(inherit) });
    for (const report of reports) takeFromJob(report);
  }

  function takeFromJob({ type, slot, payload }: Frame): void {
    const entry = entries.get(slot);
    if (entry === undefined) return;
    const { job, specification, started } = entry;
    if (type === MessageType.started) started?.resolve(job.handle(payload.readUInt32LE(0)));
    if (type === MessageType.output) {
      const { stream, ...piece } = decodeOutput(payload);
      if (stream !== 'record') job.takeOutput(stream, piece);
    }
    if (type === MessageType.refused && specification !== undefined) {
      leave(slot);
      started?.reject(explainSpawnError(specification, readFailure(payload)));
    }
    if (type === MessageType.exited) job.takeReport(payload);
  }

  function fail(reason: string): void {
    if (failure !== undefined) return;
    failure = new AttuneError('spawn_failed', `No process can be started: the supervisor ${reason}`);
    conversation.abandon();
    failing.resolve(failure);
    inheriting.reject(failure);
    loseAll(failure);
  }

  function loseAll(reason: AttuneError): void {
    for (const { job, started } of entries.all()) {
      started?.reject(reason);
      job.lose();
    }
  }

  async function close(): Promise<void> {
    clearInterval(pings);
    failure ??= new AttuneError('spawn_failed', 'No process can be started: this worker stops');
    await conversation.end(encodeFrame(MessageType.goodbye, 0));
    loseAll(failure);
  }

  conversation.send(encodeHello(patience));
  const inheritance = await inheriting.promise;
  conversation.expectSomething(inheritance.jobs.length > 0);
  const pings = startPings(patience, () => send(encodeFrame(MessageType.ping, 0)));

  return {
    inheritance,
    start,
    remember: (text) => send(encodeNote(text)),
    failed: failing.promise,
    close,
  };
}

function startPings({ silenceMilliseconds }: Patience, ping: () => void): NodeJS.Timeout | undefined {
  return silenceMilliseconds > 0
    ? setInterval(ping, silenceMilliseconds / pingsPerPatience).unref()
    : undefined;
}

/** Texts reach the kernel with a NUL at their end, and so can't hold one. */
function findTextProblem({ argv, environment, workingDirectory }: JobSpecification): AttuneError | undefined {
  const texts = [workingDirectory, ...argv, ...Object.entries(environment).flat()];
  if (!texts.some((text) => text.includes('\0'))) return undefined;
  return new AttuneError('spawn_failed', `An argument or variable of ${argv[0]} holds a NUL character`);
}

function readFailure(payload: Buffer): SpawnFailure {
  const { errno, step } = decodeRefusal(payload);
  return { code: getSystemErrorName(-errno), step };
}
