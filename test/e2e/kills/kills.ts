import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ExecutionView } from '../../../src/contract/api/execution.ts';
import { action, openJournal } from '../../integration/system/faults.ts';
import type { TestAgent } from '../../support/agent.ts';
import { requires } from '../../support/requires.ts';
import { startSealedAgent } from '../../support/sealed/agent.ts';
import { agentBelow } from '../../support/sealed/succession.ts';
import { availableRoads, startSystem, type RoadName, type TestSystem } from '../../support/system.ts';

/** On each road: with two roads 100 in all. */
const kills = 50;
/** Milliseconds until a kill; a new agent takes half a second to be at work. */
const mostPause = 1000;
/** Executions under way at any time, more than there are slots. */
const parallel = 8;

interface Kind {
  readonly name: string;
  readonly script: string;
  readonly stdout: string;
  readonly state: string;
}

/** What actions print, and how they end. Each also writes its number into the journal, so that a second run would be seen. */
const kinds: readonly Kind[] = [
  {
    name: 'quick',
    script: 'cat >/dev/null; echo hi',
    stdout: 'hi\n',
    state: 'completed',
  },
  { name: 'silent', script: 'sleep 0.3', stdout: '', state: 'completed' },
  {
    name: 'lines',
    script: 'for n in $(seq 1 60); do echo "line $n"; sleep 0.02; done',
    stdout: Array.from({ length: 60 }, (_, index) => `line ${index + 1}\n`).join(''),
    state: 'completed',
  },
  {
    name: 'loud',
    script: 'seq 1 100000; sleep 0.3; echo end',
    stdout: `${Array.from({ length: 100_000 }, (_, index) => index + 1).join('\n')}\nend\n`,
    state: 'completed',
  },
  {
    name: 'fails',
    script: 'sleep 0.2; echo oops; exit 3',
    stdout: 'oops\n',
    state: 'failed',
  },
];

/** Kills an agent again and again while it works, on a road. A file for each road, so that they run at the same time. */
export function describeKills(road: RoadName): void {
  test.skipIf(!requires('agent') || !availableRoads().includes(road))(
    `over ${road}, an agent that is killed at any moment costs nothing: every execution ends once, with its whole log`,
    { timeout: 600_000 },
    async () => {
      const system = await startSystem(road);
      const journal = openJournal();
      await system.register(scripts(journal.path));
      const agent = await startSealedAgent(system);
      const killing = killAgain(agent);
      const asked = await askUntil(system, killing);
      const ended = await Promise.all(asked.map(async ({ id }) => system.reaches(id)));

      expect(countOf(agent, /"resumed":[1-9]/)).toBeGreaterThan(kills / 10);
      expect(ended.map(summary)).toEqual(asked.map(({ kind }) => `${kind.state} attempt 1`));
      expect(journal.lines().map(Number).toSorted(byNumber)).toEqual(
        asked.map(({ id }) => id).toSorted(byNumber),
      );
      for (const { id, kind } of asked) expect(await system.log(id, 'stdout')).toBe(kind.stdout);
    },
  );
}

function scripts(journal: string): Record<string, string> {
  return Object.fromEntries(
    kinds.flatMap(({ name, script }) => [
      [`${name}.yaml`, action(name)],
      [`${name}.sh`, `echo $ATTUNE_EXEC_ID >> ${journal}; ${script}\n`],
    ]),
  );
}

/** At any moment of an agent's life; every other one is left alone until it has brought something to its end. */
async function killAgain(agent: TestAgent): Promise<void> {
  for (let killed = 0; killed < kills;) {
    if (killed % 2 === 1) await agent.says('execution ended', countOf(agent, 'execution ended') + 1);
    await delay(Math.random() * mostPause);
    const pid = agentBelow(agent.process.pid ?? 0);
    if (pid === undefined) continue;
    process.kill(pid, 'SIGKILL');
    killed += 1;
    await agent.says('the agent died', killed);
  }
}

interface Asked {
  readonly id: number;
  readonly kind: Kind;
}

/** Keeps so many executions under way until something has come about. */
async function askUntil(system: TestSystem, done: Promise<void>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const over = new AbortController();
  const lane = async (_: unknown, start: number) => {
    for (let index = start; !over.signal.aborted; index += 1) {
      const kind = kinds[index % kinds.length];
      if (kind === undefined) return;
      const { id } = await system.execute(`test.${kind.name}`);
      asked.push({ id, kind });
      await system.reaches(id);
    }
  };
  const lanes = Array.from({ length: parallel }, lane);
  await done.finally(() => over.abort());
  await Promise.all(lanes);
  return asked;
}

function countOf({ lines }: TestAgent, text: string | RegExp): number {
  return lines.filter((line) => line.match(text) !== null).length;
}

function summary({ state, attempts }: ExecutionView): string {
  return `${state} attempt ${attempts}`;
}

function byNumber(one: number, other: number): number {
  return one - other;
}
