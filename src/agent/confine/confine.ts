import type { Configuration } from '../../shared/config/setting.ts';
import { readText } from '../detect/container/files.ts';
import type { Environment } from '../detect/environment.ts';
import { describeUser, type Confinement, type JobUser } from '../host/confinement.ts';
import type { agentSettings } from '../settings.ts';
import { parseAccounts } from './accounts.ts';
import { checkRights } from './check-rights.ts';
import { resolveUser, type ResolvedUser } from './resolve-user.ts';
import { readRights } from './rights.ts';

type JobSettings = Pick<
  Configuration<typeof agentSettings>,
  'jobUser' | 'jobUmask' | 'jobNice' | 'jobLimits' | 'jobNoNewPrivileges'
>;

/** What jobs start with. */
export interface Confined {
  readonly confinement: Confinement;
  /** The container's own, with what depends on the user. */
  readonly environment: Environment;
}

/**
 * Turns the settings `job.*` into what is done to each job.
 * @param environment of the container
 * @throws AttuneError `invalid_configuration` for a user that is not known, and for what this process may not do
 */
export function confineJobs(config: JobSettings, environment: Environment): Confined {
  const rights = readRights();
  const wanted = config.jobUser && resolveUser(config.jobUser, readAccounts());
  const user = wanted === undefined || isSame(wanted, rights.user) ? undefined : wanted;
  const confinement = {
    umask: Number.parseInt(config.jobUmask, 8),
    user: user && { uid: user.uid, gid: user.gid, groups: user.groups },
    nice: config.jobNice,
    limits: config.jobLimits ?? [],
    noNewPrivileges: config.jobNoNewPrivileges,
  };
  checkRights(confinement, rights);
  return { confinement, environment: user === undefined ? environment : withUser(environment, user) };
}

function readAccounts() {
  return parseAccounts(readText('/etc/passwd'), readText('/etc/group'));
}

function isSame(one: JobUser, other: JobUser): boolean {
  return describeUser(one) === describeUser(other) && groupsOf(one) === groupsOf(other);
}

function groupsOf({ gid, groups }: JobUser): string {
  return [...new Set([gid, ...groups])].toSorted((a, b) => a - b).join();
}

/** As su(1) does it. Who has no account has no name. */
function withUser(environment: Environment, { name, home }: ResolvedUser): Environment {
  return { ...environment, HOME: home, USER: name, LOGNAME: name };
}
