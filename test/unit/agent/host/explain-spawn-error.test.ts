import { expect, test } from 'vitest';
import { explainSpawnError, type SpawnFailure } from '../../../../src/agent/host/explain-spawn-error.ts';

const user = { uid: 1000, gid: 1001, groups: [] };

function explain(failure: SpawnFailure) {
  return explainSpawnError(
    {
      argv: ['/bin/sh'],
      environment: {},
      workingDirectory: '/packs/demo',
      stdin: new Uint8Array(),
      timeoutMilliseconds: 1,
      graceMilliseconds: 1,
      outputLimit: 2,
      record: new Uint8Array(),
      confinement: {
        umask: 0,
        user,
        nice: -4,
        limits: [{ resource: 'nproc', soft: 5, hard: 9 }],
        noNewPrivileges: false,
      },
    },
    failure,
  );
}

test.for([
  [
    'limits',
    'EPERM',
    "The limits of ATTUNE_JOB_LIMITS can't be set (EPERM): nproc=9 is more than the agent has",
  ],
  ['priority', 'EACCES', "The priority of ATTUNE_JOB_NICE (-4) can't be set (EACCES)"],
  [
    'user',
    'EPERM',
    "The job can't be of user 1000:1001, as ATTUNE_JOB_USER asks (EPERM): the agent must be root",
  ],
  ['user', 'EINVAL', 'the user namespace of this container does not have this user'],
  [
    'directory',
    'EACCES',
    "The working directory /packs/demo can't be entered by user 1000:1001 (ATTUNE_JOB_USER)",
  ],
  ['program', 'EACCES', 'The program /bin/sh is not executable by user 1000:1001 (ATTUNE_JOB_USER)'],
  ['clone', 'EAGAIN', 'The system has no room for another process (EAGAIN)'],
  ['pipes', 'EMFILE', 'The system has no room for more open files (EMFILE)'],
  ['program', 'ENOEXEC', "The process can't be started: ENOEXEC (program)"],
] as const)('%s %s', ([step, code, message]) => {
  expect(explain({ step, code }).message).toContain(message);
});

test.for([
  ['clone', 'EAGAIN', true],
  ['program', 'EAGAIN', true],
  ['program', 'ETXTBSY', true],
  ['user', 'EPERM', false],
] as const)('%s %s may pass: %s', ([step, code, retryable]) => {
  expect(explain({ step, code })).toMatchObject({ code: 'spawn_failed', retryable });
});
