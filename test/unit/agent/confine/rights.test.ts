import { describe, expect, test } from 'vitest';
import { checkRights } from '../../../../src/agent/confine/check-rights.ts';
import { parseRights, readRights } from '../../../../src/agent/confine/rights.ts';
import type { Confinement } from '../../../../src/agent/host/confinement.ts';

const limits = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             1000                 2000                 processes 
Max open files            1024                 4096                 files     
Max locked memory         8388608              8388608              bytes     
Max address space         unlimited            unlimited            bytes     
Max file locks            unlimited            unlimited            locks     
Max pending signals       96365                96365                signals   
Max msgqueue size         819200               819200               bytes     
Max nice priority         22                   22                   
Max realtime priority     0                    0                    
Max realtime timeout      unlimited            unlimited            us        
`;

function statusOf(uid: number, effective: string): string {
  return `Name:\tagent\nUid:\t1\t${uid}\t1\t1\nGid:\t2\t100\t2\t2\nGroups:\t4 27 \nCapEff:\t${effective}\n`;
}

/** Docker's default, without CAP_SYS_NICE and CAP_SYS_RESOURCE. */
const root = parseRights(statusOf(0, '00000000a80425fb'), limits, 0);
const nobody = parseRights(statusOf(65_534, '0000000000000000'), limits, 3);

const user = { uid: 1000, gid: 1000, groups: [] };
const none: Confinement = { umask: 0, user: undefined, nice: 0, limits: [], noNewPrivileges: true };

describe('the rights of a process', () => {
  test('are those that are in effect', () => {
    expect(root.user).toEqual({ uid: 0, gid: 100, groups: [4, 27] });
    expect([root.has('setuid'), root.has('sys_nice'), nobody.has('kill')]).toEqual([true, false, false]);
    expect([root.hardLimit('nofile'), root.hardLimit('stack'), root.lowestNice]).toEqual([
      4096,
      Number.POSITIVE_INFINITY,
      -2,
    ]);
  });

  test('may be those of a user without further groups', () => {
    const status = 'Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \nNStgid:\t12\n';
    expect(parseRights(status, limits, 0).user).toEqual({ uid: 0, gid: 0, groups: [] });
  });

  test('of this one can be read', () => {
    const own = readRights();
    expect(own.user).toMatchObject({ uid: process.geteuid?.(), gid: process.getegid?.() });
    expect(own.hardLimit('nofile')).toBeGreaterThan(0);
  });

  test('that are not told are not denied', () => {
    const unknown = parseRights('', '', 0);
    expect([unknown.has('setuid'), unknown.hardLimit('nofile')]).toEqual([true, Number.POSITIVE_INFINITY]);
  });
});

describe('checkRights', () => {
  test.for([
    ['root another user', { user }, root],
    [
      'anybody a lower priority and lower limits',
      { nice: 19, limits: [{ resource: 'nofile', soft: 1, hard: 4096 }] },
      nobody,
    ],
    ['anybody as high a priority as its limit is', { nice: -5 }, nobody],
  ] as const)('gives %s', ([, wanted, rights]) => {
    expect(() => checkRights({ ...none, ...wanted }, rights)).not.toThrow();
  });

  test.for([
    [
      { user },
      nobody,
      'ATTUNE_JOB_USER asks for jobs of user 1000:1000, but this agent (user 65534:100) lacks the capabilities SETUID, SETGID, KILL, CHOWN',
    ],
    [{ nice: -3 }, root, 'ATTUNE_JOB_NICE is -3, but this agent lacks the capability SYS_NICE'],
    [
      { limits: [{ resource: 'nofile', soft: 1, hard: 5000 }] },
      root,
      'ATTUNE_JOB_LIMITS asks for nofile=5000, but this agent has only 4096',
    ],
    [
      { limits: [{ resource: 'memlock', soft: 1, hard: Number.POSITIVE_INFINITY }] },
      root,
      'ATTUNE_JOB_LIMITS asks for memlock=unlimited',
    ],
  ] as const)('refuses %j', ([wanted, rights, message]) => {
    expect(() => checkRights({ ...none, ...wanted }, rights)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.stringContaining(message) as unknown,
      }),
    );
  });

  test('names all that is wrong at once', () => {
    expect(() => checkRights({ ...none, user, nice: -20 }, nobody)).toThrow(
      /ATTUNE_JOB_USER.*; ATTUNE_JOB_NICE/,
    );
  });
});
