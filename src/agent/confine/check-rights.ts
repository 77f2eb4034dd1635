import { AttuneError } from '../../shared/errors.ts';
import {
  describeLimit,
  describeUser,
  type Confinement,
  type JobUser,
  type Limit,
} from '../host/confinement.ts';
import type { Capability, Rights } from './rights.ts';

/**
 * Refuses what no job could be started with, before there is any.
 * @throws AttuneError `invalid_configuration` that names every setting for which this process lacks the right
 */
export function checkRights({ user, nice, limits }: Confinement, rights: Rights): void {
  const problems = [
    user && findUserProblem(user, rights),
    findNiceProblem(nice, rights),
    ...limits.map((limit) => findLimitProblem(limit, rights)),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new AttuneError('invalid_configuration', `The configuration is wrong: ${problems.join('; ')}`);
}

/** To be another user, to end its processes, and to give it its parameter file. */
const neededForUser: readonly Capability[] = ['setuid', 'setgid', 'kill', 'chown'];

function findUserProblem(user: JobUser, { user: own, has }: Rights): string | undefined {
  const missing = neededForUser.filter((capability) => !has(capability));
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => name.toUpperCase()).join(', ');
  return `ATTUNE_JOB_USER asks for jobs of user ${describeUser(user)}, but this agent (user ${describeUser(own)}) lacks the capabilities ${names}: run it as root with these, or leave the setting out`;
}

function findNiceProblem(nice: number, rights: Rights): string | undefined {
  if (nice >= 0 || rights.has('sys_nice') || rights.nice + nice >= rights.lowestNice) return undefined;
  return `ATTUNE_JOB_NICE is ${nice}, but this agent lacks the capability SYS_NICE: give it that, or a number from 0 to 19`;
}

function findLimitProblem(limit: Limit, rights: Rights): string | undefined {
  const most = rights.hardLimit(limit.resource);
  if (limit.hard <= most || rights.has('sys_resource')) return undefined;
  return `ATTUNE_JOB_LIMITS asks for ${describeLimit(limit)}, but this agent has only ${most}, and lacks the capability SYS_RESOURCE: lower it, or start the container with more (--ulimit)`;
}
