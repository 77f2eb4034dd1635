import { once } from 'node:events';
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { AttuneError } from '../../../shared/errors.ts';
import { explainSpawnError } from '../node/explain-spawn-error.ts';
import type { Job, JobSpecification, OutputReceiver, ProcessHost } from '../process-host.ts';
import { FrameDecoder, maxFrameSize, type Frame } from './frames.ts';
import { decodeRefusal, encodeStart, MessageType, protocolVersion } from './messages.ts';
import { streamCredit } from './output-queue.ts';
import { Slots } from './slots.ts';
import { SupervisedJob } from './supervised-job.ts';

/** Source: JOBS in build/supervisor/protocol.h. */
const maxJobs = 1024;

interface Entry {
  readonly job: SupervisedJob;
  readonly specification: JobSpecification;
  readonly started: PromiseWithResolvers<Job>;
}

/**
 * The process host whose processes belong to the supervisor at the other end of `socket` (build/supervisor). Closing the host ends the
 * supervisor; a supervisor that dies takes all jobs along, and no further one can be started.
 */
export function createSupervisedProcessHost(socket: Socket): ProcessHost {
  const entries = new Slots<Entry>(maxJobs);
  const decoder = new FrameDecoder();
  let failure: AttuneError | undefined;

  function send(frame: Buffer): void {
    if (failure === undefined) socket.write(frame);
  }

  function start(specification: JobSpecification, output: OutputReceiver): Promise<Job> {
    if (failure !== undefined) return Promise.reject(failure);
    const problem = findTextProblem(specification);
    if (problem !== undefined) return Promise.reject(problem);
    const slot = entries.reserve();
    if (slot === undefined) return Promise.reject(explainSpawnError(specification, systemError('EAGAIN')));
    const frames = encodeStart(slot, specification, streamCredit);
    if (frames.some((frame) => frame.length > maxFrameSize)) {
      entries.release(slot);
      return Promise.reject(explainSpawnError(specification, systemError('E2BIG')));
    }
    const entry = {
      job: new SupervisedJob(slot, send, output),
      specification,
      started: Promise.withResolvers<Job>(),
    };
    entries.set(slot, entry);
    socket.ref();
    send(Buffer.concat(frames));
    return entry.started.promise;
  }

  function release(slot: number): void {
    entries.release(slot);
    if (entries.all().length === 0) socket.unref();
  }

  function take({ type, slot, payload }: Frame): void {
    if (type === MessageType.hello) return greet(payload);
    const entry = entries.get(slot);
    if (entry === undefined) return;
    const { job, specification, started } = entry;
    if (type === MessageType.started) started.resolve(job.handle(payload.readUInt32LE(0)));
    if (type === MessageType.output) job.takeOutput(payload);
    if (type === MessageType.refused) {
      release(slot);
      started.reject(explainSpawnError(specification, refusalError(payload)));
    }
    if (type === MessageType.exited) {
      release(slot);
      job.takeReport(payload);
    }
  }

  function greet(payload: Buffer): void {
    const version = payload.readUInt32LE(0);
    if (version !== protocolVersion)
      fail(`speaks version ${version} of its protocol, not ${protocolVersion}`);
  }

  function fail(reason: string): void {
    if (failure !== undefined) return;
    failure = new AttuneError('spawn_failed', `No process can be started: the supervisor ${reason}`);
    socket.destroy();
    for (const { job, started } of entries.all()) {
      started.reject(failure);
      job.lose();
    }
  }

  async function close(): Promise<void> {
    const jobs = entries.all().map(({ job }) => job);
    for (const job of jobs) job.kill();
    await Promise.all(jobs.map((job) => job.exited));
    if (socket.destroyed) return;
    socket.ref();
    const closed = once(socket, 'close');
    socket.end();
    await closed;
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of decoder.push(chunk)) take(frame);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      fail(`sent what is no message (${error.message})`);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => fail('has ended'));
  socket.unref();
  return { start, close };
}

/** Texts reach the kernel with a NUL at their end, and so can't hold one. */
function findTextProblem({ argv, environment, workingDirectory }: JobSpecification): AttuneError | undefined {
  const texts = [workingDirectory, ...argv, ...Object.entries(environment).flat()];
  if (!texts.some((text) => text.includes('\0'))) return undefined;
  return new AttuneError('spawn_failed', `An argument or variable of ${argv[0]} holds a NUL character`);
}

function systemError(code: string, step?: string): Error {
  return Object.assign(new Error(step === undefined ? code : `${code} (${step})`), { code });
}

function refusalError(payload: Buffer): Error {
  const { errno, step } = decodeRefusal(payload);
  return systemError(getSystemErrorName(-errno), step);
}
