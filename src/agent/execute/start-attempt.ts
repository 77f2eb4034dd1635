import type { Assignment } from '../../contract/assignment.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Confinement } from '../host/confinement.ts';
import type { Job, JobSpecification } from '../host/process-host.ts';
import type { Assigned } from '../link/link.ts';
import type { RunningAttempt } from './attempts.ts';
import type { Packs } from '../packs/packs.ts';
import type { Command, CommandResolver } from './command/command.ts';
import { Ending } from './ending.ts';
import { observe, type AttemptParts, type Ended, type Observation, type Observed } from './observe.ts';
import { secretValues } from './output/masking/secret-values.ts';
import {
  deliverParameters,
  removeParameters,
  type DeliveredParameters,
} from './parameters/deliver-parameters.ts';
import { provideEnvironment, type EnvironmentParts } from './provide-environment.ts';
import { encodeRecord, type AttemptRecord } from './record.ts';
import { settle } from './settle.ts';

export interface StartParts extends AttemptParts, EnvironmentParts {
  readonly packs: Pick<Packs, 'provide'>;
  readonly resolveCommand: CommandResolver;
  readonly confinement: Confinement;
}

/** Makes the function that runs assignments: from the claim to the stored terminal state. */
export function createAttemptStarter(parts: StartParts): (assigned: Assigned) => RunningAttempt {
  return ({ assignment }) => {
    const { execution, epoch } = assignment;
    const ending = new Ending();
    return {
      attempt: { execution, epoch },
      end: (cause) => ending.request(cause),
      kill: () => ending.kill(),
      done: runToEnd(assignment, ending, parts),
    };
  };
}

async function runToEnd(assignment: Assignment, ending: Ending, parts: StartParts): Promise<void> {
  const { execution, epoch, action } = assignment;
  await settle({ attempt: { execution, epoch }, action: action.ref }, run(assignment, ending, parts), parts);
  ending.release();
}

async function run(assignment: Assignment, ending: Ending, parts: StartParts): Promise<Ended> {
  const observation = observe(observedOf(assignment), { ending, logEnds: { stdout: 0, stderr: 0 } }, parts);
  const leftovers: Leftovers = [];
  try {
    const job = await start(assignment, { ending, observation, leftovers }, parts).catch(asReason(ending));
    if (job === undefined) return await observation.callOff(ending.cause ?? 'shutdown');
    if (job instanceof AttuneError) return await observation.giveUp(job);
    return await observation.conclude(await job.exited);
  } finally {
    for (const remove of leftovers.toReversed()) await remove();
  }
}

/** What is to be removed or released in the end. */
type Leftovers = (() => Promise<void> | void)[];

interface Beginning {
  readonly ending: Ending;
  readonly observation: Observation;
  readonly leftovers: Leftovers;
}

/** @returns `undefined` where the attempt is to end already */
async function start(
  assignment: Assignment,
  { ending, observation, leftovers }: Beginning,
  parts: StartParts,
): Promise<Job | undefined> {
  const { execution, epoch, action, parameters, secrets } = assignment;
  const pack = await parts.packs.provide(assignment.pack, ending);
  leftovers.push(() => pack.release());
  const { recipe, commandIn } = await parts.resolveCommand(assignment, pack);
  const waiting = { attempt: { execution, epoch }, ending, observation };
  const environment = recipe && (await provideEnvironment(recipe, waiting, parts));
  if (environment !== undefined) leftovers.push(() => environment.release());
  const delivered = await deliverParameters({
    delivery: action.parameter_delivery,
    format: action.parameter_format,
    parameters,
    secrets,
    temporaryDirectory: parts.config.temporaryDirectory,
    reader: parts.confinement.user,
  });
  leftovers.push(() => removeParameters(delivered.folder));
  const record: AttemptRecord = {
    kind: 'attempt',
    ...observedOf(assignment),
    action: action.ref,
    stderrBefore: await observation.prefaced(),
    pack: pack.folder,
    environment: environment?.folder ?? null,
    parameterFolder: delivered.folder,
  };
  if (ending.cause !== undefined) return undefined;
  const prepared = { command: commandIn(environment?.folder), delivered };
  const job = await parts.host.start(toSpecification(record, prepared, parts), observation.receive);
  ending.attach(job);
  return job;
}

function observedOf({ execution, epoch, action, parameters, secrets, timeout }: Assignment): Observed {
  return {
    attempt: { execution, epoch },
    format: action.output_format,
    timeout,
    secrets: secretValues(parameters, secrets),
    stderrBefore: 0,
  };
}

interface Prepared {
  readonly command: Command;
  readonly delivered: DeliveredParameters;
}

function toSpecification(
  record: AttemptRecord,
  { command, delivered }: Prepared,
  { config, confinement }: StartParts,
): JobSpecification {
  return {
    argv: command.argv,
    environment: { ...command.environment, ...delivered.environment },
    workingDirectory: command.workingDirectory,
    stdin: delivered.stdin,
    timeoutMilliseconds: record.timeout * 1000,
    graceMilliseconds: config.graceTime * 1000,
    outputLimit: config.outputLimit,
    confinement,
    record: encodeRecord(record),
  };
}

/** That a process can't be started is an end like others; so is that it must not be started any more. */
function asReason(ending: Ending): (error: unknown) => AttuneError | undefined {
  return (error) => {
    if (ending.cause !== undefined) return undefined;
    if (error instanceof AttuneError) return error;
    throw error;
  };
}
