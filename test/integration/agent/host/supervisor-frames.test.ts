import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../../../src/agent/host/supervised/frames.ts';
import { decodeRefusal, encodeHello, MessageType } from '../../../../src/agent/host/supervised/messages.ts';
import { isRunning } from '../../../support/processes.ts';
import { conversation } from './fuzz/frames.ts';
import { findBearers } from './hostile.ts';
import { askForOutput, greet, reportOf, sayOf, sleeper, startJob } from './scene.ts';
import { describeSupervisors, noHurry, startSilentSupervisor } from './supervised.ts';
import { creditFrame, endFrame, startFrame, unlimited, type StartFields } from './wire.ts';
import { within } from './within.ts';

/** A hunt takes more: ATTUNE_TEST_HUNT times as many. */
const runs = 100 * Number(process.env['ATTUNE_TEST_HUNT'] ?? 1);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });
const invalid = 22;

describeSupervisors((supervisor) => {
  test(
    'whatever it hears, the supervisor ends in peace and leaves nothing',
    { timeout: 600_000 },
    async () => {
      const token = randomUUID();
      await fc.assert(
        fc.asyncProperty(conversation(token), cuts, async (speech, where) => {
          await using child = startSilentSupervisor(supervisor());
          await child.agent.sayChopped(speech, where);
          child.agent.end();
          expect(await within(child.exited)).toEqual([0, null]);
          expect(findBearers(token)).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
  );

  test('bytes that are no frames end the conversation', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 5000 }), cuts, async (bytes, where) => {
        await using child = startSilentSupervisor(supervisor());
        // A type that there is none of, and whatever comes then.
        await child.agent.sayChopped(Buffer.concat([encodeFrame(99, 0), bytes]), where);
        expect(await within(child.exited)).toEqual([0, null]);
      }),
      { numRuns: runs / 2 },
    );
  });

  test.for([
    ['a second HELLO', encodeHello(noHurry)],
    ['a HELLO that is too short', encodeFrame(MessageType.hello, 0, Buffer.alloc(15))],
    ['a note that is too long', encodeFrame(MessageType.note, 0, Buffer.alloc(4097))],
    ['a slot that there is none of', encodeFrame(MessageType.ping, 1024)],
    ['an unknown type', encodeFrame(10, 0)],
    ['a type of its own', encodeFrame(MessageType.output, 0)],
    ['credit for a stream that there is none of', creditFrame(0, 2, 1)],
    ['credit without an amount', encodeFrame(MessageType.credit, 0, Buffer.alloc(4))],
    ['an END for no cause', endFrame(0, 0)],
    ['an END for an unknown cause', endFrame(0, 5)],
    ['an END that says nothing', encodeFrame(MessageType.end, 0)],
    ['more than any frame may hold', Buffer.from('0100000403000000', 'hex')],
  ] as const)('%s ends the conversation, and the jobs', async ([, nonsense]) => {
    await using child = startSilentSupervisor(supervisor());
    await greet(child.agent);
    const pid = await startJob(child.agent, 0, { argv: sleeper });
    child.agent.say(nonsense);
    expect(await within(child.exited)).toEqual([0, null]);
    expect(isRunning(pid)).toBe(false);
  });

  test.for([
    ['more limits than there are', {}, { limits: 1 }],
    ['more groups than there can be', {}, { groups: 0xff_ff_ff_ff }],
    ['more stdin than there is', { stdin: Buffer.from('x') }, { stdin: 1000 }],
    ['more stdin and record than a number can count', {}, { stdin: 0xff_ff_ff_ff, record: 0xff_ff_ff_ff }],
    ['an argument more than there are', {}, { arguments: 2 }],
    ['more arguments than there can be', {}, { arguments: 0xff_ff_ff_ff }],
    ['more strings than there can be', {}, { arguments: 0x80_00_00_00, variables: 0x80_00_00_00 }],
    ['no argument', {}, { arguments: 0 }],
    ['nothing that is kept', { tail: 0n }, {}],
  ] as const)('a START that announces %s is refused, and the next one is not', async ([, fields, lies]) => {
    await using child = startSilentSupervisor(supervisor());
    await greet(child.agent);
    child.agent.say(startFrame(0, fields, lies));
    const { payload } = await child.agent.hearsOf(0, MessageType.refused);
    expect(decodeRefusal(payload)).toEqual({ errno: invalid, step: 'frame' });
    await startJob(child.agent, 0, {});
    expect(await reportOf(child.agent, 0)).toMatchObject({ exitCode: 0 });
  });

  test('credit beyond what can be counted is not less', async () => {
    await using child = startSilentSupervisor(supervisor());
    await greet(child.agent);
    const argv = ['/usr/bin/head', '-c', '1000000', '/dev/zero'];
    child.agent.say(startFrame(0, { argv, credit: 2n ** 64n - 1n }), creditFrame(0, 0, 100));
    expect(await reportOf(child.agent, 0)).toMatchObject({ exitCode: 0 });
    expect(child.agent.outputOf(0, 0).length).toBe(1_000_000);
  });

  test('the longest times there can be are not short', async () => {
    await using child = startSilentSupervisor(supervisor());
    await greet(child.agent);
    const forEver = { deadline: 2n ** 64n - 1n, grace: 2n ** 64n - 1n };
    const script = 'trap "sleep 0.2; exit 4" TERM; echo ready; while :; do sleep 0.05; done';
    await startJob(child.agent, 0, { argv: ['/bin/sh', '-c', script], ...forEver });
    await child.agent.until(() => child.agent.outputOf(0, 0).length > 0 || undefined);
    child.agent.say(endFrame(0, 2));
    expect(await reportOf(child.agent, 0)).toMatchObject({ exitCode: 4, cause: 'cancelled' });
  });

  test.for([
    ['the largest', 0x7f_ff_ff_ff, '1000\n'],
    ['the smallest', -0x80_00_00_00, '10\n'],
  ] as const)('%s chance to be killed for want of memory', async ([, oomScore, expected]) => {
    await using child = startSilentSupervisor('/bin/sh', [
      '-c',
      'echo 10 >/proc/self/oom_score_adj && exec "$0"',
      supervisor(),
    ]);
    await greet(child.agent);
    const fields: Partial<StartFields> = { argv: ['/bin/cat', '/proc/self/oom_score_adj'], oomScore };
    await startJob(child.agent, 0, fields);
    await reportOf(child.agent, 0);
    expect(String(child.agent.outputOf(0, 0))).toBe(expected);
  });

  test('an agent that does not listen stops no clock, and loses nothing that is kept', async () => {
    await using child = startSilentSupervisor(supervisor());
    const { agent } = child;
    await greet(agent);
    const loud = { argv: ['/bin/cat', '/dev/zero'], deadline: 300, grace: 0, credit: unlimited };
    const slots = Array.from({ length: 20 }, (_, slot) => slot);
    agent.pause();
    for (const slot of slots) agent.say(startFrame(slot, loud));
    await delay(1000);
    agent.resume();
    for (const slot of slots) {
      const { payload } = await agent.hearsOf(slot, MessageType.exited);
      const printed = Number(payload.readBigUInt64LE(32));
      expect(agent.outputOf(slot, 0).length).toBe(Math.min(printed, 2 * 1024 * 1024));
    }
    agent.end();
    expect(await within(child.exited)).toEqual([0, null]);
  });

  test('RELEASE frees no slot of a job that has not ended', async () => {
    await using child = startSilentSupervisor(supervisor());
    const { agent } = child;
    await greet(agent);
    await startJob(agent, 0, {
      argv: ['/bin/sh', '-c', 'read line; echo $line; sleep 0.2'],
      stdin: Buffer.from('still there\n'),
      credit: 0n,
    });
    sayOf(agent, 0, MessageType.release);
    askForOutput(agent, 0);
    await reportOf(agent, 0);
    expect(String(agent.outputOf(0, 0))).toBe('still there\n');
  });
});
