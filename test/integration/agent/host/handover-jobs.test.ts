import { createHash } from 'node:crypto';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MessageType } from '../../../../src/agent/host/supervised/messages.ts';
import { folderWith } from '../../../support/folder.ts';
import { isRunning } from '../../../support/processes.ts';
import {
  askForOutput,
  handedTo,
  initOfTest,
  nextAgent,
  greet,
  reportOf,
  sayOf,
  sleeper,
  startJob,
} from './scene.ts';
import { describeSupervisors } from './supervised.ts';
import { startFrame } from './wire.ts';

const mib = 1024 * 1024;
const headerSize = 8;
const recordStream = 2;

describeSupervisors((supervisor) => {
  test('a job goes on while there is no agent, and its successor hears it from the beginning', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const pipe = join(folderWith({}), 'pipe');
    const script = `mkfifo ${pipe}; echo before; read line <${pipe}; echo $line; exit 5`;
    await startJob(first, 3, { argv: ['/bin/sh', '-c', script] });
    await first.until(() => first.outputOf(3, 0).length > 0 || undefined);
    first.die();

    const second = await init.nextAgent();
    await writeFile(pipe, 'after\n');
    await greet(second);
    askForOutput(second, 3);
    expect(await reportOf(second, 3)).toMatchObject({ exitCode: 5, cause: 'exited' });
    expect(String(second.outputOf(3, 0))).toBe('before\nafter\n');
  });

  test('a deadline holds while there is no agent', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const pid = await startJob(first, 0, { argv: sleeper, deadline: 100 });
    first.die();
    const second = await init.nextAgent();
    await expect.poll(() => isRunning(pid)).toBe(false);
    await greet(second);
    expect(await reportOf(second, 0)).toMatchObject({ cause: 'timeout', signal: 'SIGTERM' });
  });

  test('a deadline holds while the agent hangs', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init);
    const pid = await startJob(agent, 0, { argv: sleeper, deadline: 300 });
    process.kill(agent.pid, 'SIGSTOP');
    await expect.poll(() => isRunning(pid)).toBe(false);
    process.kill(agent.pid, 'SIGCONT');
    expect(await reportOf(agent, 0)).toMatchObject({ cause: 'timeout' });
  });

  test('of what nobody reads no more is kept than was agreed', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const argv = ['/bin/sh', '-c', 'head -c 50000000 /dev/zero; printf end'];
    await startJob(first, 0, { argv, credit: 0n, head: BigInt(mib), tail: BigInt(mib) });
    first.die();
    const second = await nextAgent(init);
    askForOutput(second, 0);
    await reportOf(second, 0);
    // Rounded up to pages at both ends.
    expect(keptBy(init.process.pid ?? 0)).toBeLessThanOrEqual(2 * mib + 4 * 4096);
    const heard = second.outputOf(0, 0);
    expect([heard.length, String(heard.subarray(-3))]).toEqual([2 * mib, 'end']);
  });

  test('half a request is none', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const frame = startFrame(1, { argv: sleeper });
    first.say(startFrame(0, { argv: sleeper }), frame.subarray(0, frame.length - 1));
    await first.hearsOf(0, MessageType.started);
    first.die();
    const second = await nextAgent(init);
    await second.hearsOf(0, MessageType.handed);
    expect(handedTo(second)).toEqual([0]);
  });

  test('a stdin and a record that fill the largest frame there is reach job and successor whole', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const argv = ['/usr/bin/sha256sum'];
    const record = Buffer.alloc(mib, 'record');
    const rest = startFrame(0, { argv, record }).length - headerSize;
    const stdin = Buffer.alloc(64 * mib - rest, 'stdin, said again and again. ');
    await startJob(first, 0, { argv, record, stdin });
    first.die();
    const second = await nextAgent(init);
    askForOutput(second, 0);
    expect(await reportOf(second, 0)).toMatchObject({ exitCode: 0 });
    const sum = createHash('sha256').update(stdin).digest('hex');
    expect(String(second.outputOf(0, 0))).toBe(`${sum}  -\n`);
    expect(second.outputOf(0, recordStream).equals(record)).toBe(true);
  });

  test('a frame that is larger by one byte is nobody’s', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init);
    const header = Buffer.alloc(headerSize);
    header.writeUInt32LE(64 * mib + 1, 0);
    header.writeUInt16LE(MessageType.start, 4);
    agent.say(header);
    await agent.closed;
    expect(handedTo(await nextAgent(init))).toEqual([]);
  });

  test('1000 jobs at once', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init);
    const slots = Array.from({ length: 1000 }, (_, slot) => slot);
    first.say(...slots.map((slot) => startFrame(slot, { argv: sleeper, record: recordOf(slot) })));
    await first.hearsOf(999, MessageType.started);
    first.die();

    const second = await nextAgent(init);
    await second.until(() => second.outputOf(999, recordStream).length > 0 || undefined);
    expect(handedTo(second)).toEqual(slots);
    for (const slot of slots) expect(second.outputOf(slot, recordStream).equals(recordOf(slot))).toBe(true);
    for (const slot of slots) sayOf(second, slot, MessageType.kill);
    for (const slot of slots) expect(await reportOf(second, slot)).toMatchObject({ signal: 'SIGKILL' });
  });
});

/** Bytes of memory that a supervisor has given to the output of jobs. */
function keptBy(supervisor: number): number {
  const folder = `/proc/${supervisor}/fd`;
  const files = readdirSync(folder).map((name) => join(folder, name));
  const kept = files.filter((file) => readlinkSync(file).includes('attune-output'));
  return kept.reduce((sum, file) => sum + statSync(file).blocks * 512, 0);
}

function recordOf(slot: number): Buffer {
  return Buffer.from(`record ${slot}`);
}
