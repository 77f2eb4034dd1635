import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../src/agent/host/supervised/messages.ts';
import { folderWith } from '../../../support/folder.ts';
import { isRunning } from '../../../support/processes.ts';
import { requires } from '../../../support/requires.ts';
import {
  handedTo,
  initOfTest,
  nextAgent,
  printCommand,
  reportOf,
  scriptedInitOfTest,
  sleeper,
  startJob,
  startStubborn,
} from './scene.ts';
import { describeSupervisors, shippedSupervisor } from './supervised.ts';
import { creditFrame, startFrame, unlimited } from './wire.ts';

/** Source: MOST_RESTARTS in build/supervisor/agent.c. */
const mostRestarts = 8;
const impatient = { silenceMilliseconds: 300, stopMilliseconds: 0 };
/** Of an agent that is a script, in a folder of its own. */
const goodbyeTheSecondTime = `[ -e again ] && { ${printCommand(encodeFrame(MessageType.goodbye, 0))} >&3; exit 4; }; : >again`;
/** Forks for three seconds, in Perl; says `full` when there was no room for some time. */
const takesAllProcesses = `
  my ($refused, $full) = (0, 0);
  while (time < $^T + 3) {
    my $child = fork;
    if (!defined $child) { open my $said, '>', 'full' if $refused++ == 1000 }
    elsif (!$child) { sleep 3; exit }
  }`;

/** One that other users may write to. */
function folderForAll(): string {
  const folder = folderWith({});
  chmodSync(folder, 0o777);
  return folder;
}

/** A frame with a note behind it, so long in all. */
function paddedTo(size: number, frame: Buffer): Buffer {
  const note = Buffer.alloc(size - frame.length - encodeFrame(MessageType.note, 0).length);
  return Buffer.concat([frame, encodeFrame(MessageType.note, 0, note)]);
}

describeSupervisors((supervisor) => {
  test('an agent that hangs is killed and replaced; its jobs go on', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init, impatient);
    const pid = await startJob(first, 0, { argv: sleeper });
    process.kill(first.pid, 'SIGSTOP');
    const second = await nextAgent(init);
    expect([isRunning(first.pid), isRunning(pid), handedTo(second)]).toEqual([false, true, [0]]);
  });

  test('an agent that says something now and then is not taken for one that hangs', async () => {
    const init = await initOfTest(supervisor());
    const agent = await nextAgent(init, impatient);
    const argv = ['/bin/sh', '-c', 'sleep 1'];
    await startJob(agent, 0, { argv });
    const pings = setInterval(() => agent.say(encodeFrame(MessageType.ping, 0)), 50);
    await reportOf(agent, 0);
    clearInterval(pings);
    expect(init.lines).toEqual([]);
  });

  test('a successor that hangs before it has greeted is replaced as well', async () => {
    const init = await initOfTest(supervisor());
    const first = await nextAgent(init, impatient);
    await startJob(first, 0, { argv: sleeper });
    first.die();
    const second = await init.nextAgent();
    process.kill(second.pid, 'SIGSTOP');
    expect(handedTo(await nextAgent(init))).toEqual([0]);
  });

  test('an agent that hangs up with much to hear', async () => {
    const folder = folderForAll();
    const argv = ['/bin/sh', '-c', 'head -c 4000000 /dev/zero; echo >printed'];
    const start = startFrame(0, { argv, directory: folder, credit: 0n, head: unlimited });
    const script = `cd ${folder}; hello; ${goodbyeTheSecondTime}
      ${printCommand(start)} >&3; while [ ! -e printed ]; do :; done
      kill -STOP $PPID; ${printCommand(creditFrame(0, 0, 4_000_000))} >&3; exec 3>&-; : >silent; sleep 600`;
    const { process: init, exited } = scriptedInitOfTest(supervisor(), script);
    await expect.poll(() => existsSync(join(folder, 'silent'))).toBe(true);
    init.kill('SIGCONT');
    expect(await exited).toEqual([4, null]);
  });

  test('nothing of what an agent says after nonsense happens', async () => {
    const folder = folderForAll();
    const start = paddedTo(4096, startFrame(0, { argv: ['/bin/touch', join(folder, 'witness')] }));
    const nonsense = paddedTo(4096, encodeFrame(99, 0));
    writeFileSync(join(folder, 'speech'), Buffer.concat([nonsense, ...Array<Buffer>(4000).fill(start)]));
    const script = `cd ${folder}; hello; ${goodbyeTheSecondTime}; dd if=speech bs=4096 >&3 2>&-`;
    expect(await scriptedInitOfTest(supervisor(), script).exited).toEqual([4, null]);
    expect(existsSync(join(folder, 'witness'))).toBe(false);
  });

  test('an agent that ends without having greeted is not started again: its end is the end of all', async () => {
    const exits = ['exit 0', 'exit 7', 'kill -TERM $$', 'kill -KILL $$'].map(
      (script) => scriptedInitOfTest(supervisor(), script).exited,
    );
    expect(await Promise.all(exits)).toEqual([0, 7, 143, 137].map((code) => [code, null]));
  });

  test('a program that is not there is told', async () => {
    const init = scriptedInitOfTest(supervisor(), 'exit 0', ['/usr/bin/env', supervisor(), '/no/such/agent']);
    expect([await init.exited, init.lines]).toEqual([
      [126, null],
      ["attune-agent: the agent can't be started"],
    ]);
  });

  test('no file is left open of an agent that has gone', async () => {
    const init = await initOfTest(supervisor());
    const countFiles = () => readdirSync(`/proc/${init.process.pid}/fd`).length;
    let agent = await nextAgent(init);
    const before = countFiles();
    for (let death = 0; death < 3; death += 1) {
      agent.die();
      agent = await nextAgent(init);
    }
    expect(countFiles()).toBe(before);
  });

  test('GOODBYE ends the jobs, and lets the agent go with a code of its own', async () => {
    const init = await initOfTest(supervisor(), 9);
    const agent = await nextAgent(init);
    const pid = await startStubborn(agent, 0);
    agent.sayGoodbye();
    await agent.closed;
    expect(isRunning(pid)).toBe(false);
    expect([await init.exited, init.lines]).toEqual([[9, null], []]);
  });

  test('what an agent says before HELLO is nonsense', async () => {
    const init = await initOfTest(supervisor());
    const agent = await init.nextAgent();
    agent.say(encodeFrame(MessageType.ping, 0));
    expect(await init.exited).toEqual([137, null]);
  });

  test.skipIf(!requires('root') || !requires('perl'))(
    'where jobs leave no room for another agent, there will be one when there is',
    async () => {
      const folder = folderForAll();
      const start = startFrame(0, { argv: ['/usr/bin/perl', '-e', takesAllProcesses], directory: folder });
      const script = `cd ${folder}; hello; ${goodbyeTheSecondTime}
        ${printCommand(start)} >&3; while [ ! -e full ]; do :; done; kill -KILL $$`;
      const limited = [
        '/usr/bin/setpriv',
        '--reuid=61235',
        '--clear-groups',
        '/usr/bin/prlimit',
        '--nproc=20',
      ];
      const init = scriptedInitOfTest(supervisor(), script, limited);
      expect([await init.exited, init.lines]).toEqual([
        [4, null],
        [
          'attune-agent: the agent died: starting it again, the executions go on',
          'attune-agent: cannot fork the agent: trying again',
        ],
      ]);
    },
  );
});

test(
  'an agent that dies again and again is given up, and its jobs are ended',
  { timeout: 120_000 },
  async () => {
    const folder = folderWith({});
    const start = startFrame(0, {
      argv: ['/bin/sh', '-c', 'trap "" TERM; echo $$ >pid; sleep 600'],
      directory: folder,
    });
    const inits = [0, 7].map((code) => {
      const starts = join(folder, `starts-${code}`);
      const script = `hello; ${printCommand(start)} >&3; echo >>${starts}; while [ ! -s ${folder}/pid ]; do :; done; exit ${code}`;
      return { code, starts, init: scriptedInitOfTest(shippedSupervisor, script) };
    });
    for (const { code, starts, init } of inits) {
      // That it went without a goodbye is a failure, whatever it says itself.
      expect(await init.exited).toEqual([code === 0 ? 1 : code, null]);
      expect(readFileSync(starts, 'latin1')).toBe('\n'.repeat(1 + mostRestarts));
    }
    expect(isRunning(Number(readFileSync(join(folder, 'pid'), 'latin1')))).toBe(false);
  },
);
