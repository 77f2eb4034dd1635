import type { Assignment } from '../../contract/assignment.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Confinement } from '../host/confinement.ts';
import type { Job, JobSpecification } from '../host/process-host.ts';
import type { Assigned } from '../link/link.ts';
import type { RunningAttempt } from './attempts.ts';
import type { Command } from './command/command.ts';
import { Ending } from './ending.ts';
import { observe, type AttemptParts, type Ended } from './observe.ts';
import { secretValues } from './output/masking/secret-values.ts';
import {
  deliverParameters,
  removeParameters,
  type DeliveredParameters,
} from './parameters/deliver-parameters.ts';
import { encodeRecord, type AttemptRecord } from './record.ts';
import { endedBeforeStart } from './result/failed-before-start.ts';
import { settle } from './settle.ts';

export interface StartParts extends AttemptParts {
  readonly resolveCommand: (assignment: Assignment) => Promise<Command>;
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
  const { action, parameters, secrets } = assignment;
  const command = await parts.resolveCommand(assignment);
  const delivered = await deliverParameters({
    delivery: action.parameter_delivery,
    format: action.parameter_format,
    parameters,
    secrets,
    temporaryDirectory: parts.config.temporaryDirectory,
    reader: parts.confinement.user,
  });
  try {
    return await runCommand(assignment, { command, delivered, ending }, parts);
  } finally {
    await removeParameters(delivered.folder);
  }
}

interface Prepared {
  readonly command: Command;
  readonly delivered: DeliveredParameters;
  readonly ending: Ending;
}

async function runCommand(assignment: Assignment, prepared: Prepared, parts: StartParts): Promise<Ended> {
  const { ending } = prepared;
  const record = toRecord(assignment, prepared);
  const observation = observe(record, { ending, logEnds: { stdout: 0, stderr: 0 } }, parts);
  if (ending.cause !== undefined) return beforeStart(ending.cause, assignment.timeout);
  const specification = toSpecification(record, prepared, parts);
  const job = await parts.host.start(specification, observation.receive).catch(asStartFailure);
  if (job instanceof AttuneError) return observation.giveUp(job);
  ending.attach(job);
  return observation.conclude(await job.exited);
}

function toRecord(assignment: Assignment, { command, delivered }: Prepared): AttemptRecord {
  const { execution, epoch, action, parameters, secrets, timeout } = assignment;
  return {
    attempt: { execution, epoch },
    action: action.ref,
    format: action.output_format,
    timeout,
    secrets: secretValues(parameters, secrets),
    preface: command.warnings.map((warning) => `attune: ${warning}\n`).join(''),
    parameterFolder: delivered.folder,
  };
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

/** That a process can't be started is an end like others. */
function asStartFailure(error: unknown): Job | AttuneError {
  if (error instanceof AttuneError) return error;
  throw error;
}

function beforeStart(cause: NonNullable<Ending['cause']>, timeout: number): Ended {
  return cause === 'fenced' ? undefined : { outcome: endedBeforeStart(cause, timeout), chunks: [] };
}
