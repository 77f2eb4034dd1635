import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { removeOrphans } from '../../../../src/agent/environments/stored/orphans.ts';
import { folderWith } from '../../../support/folder.ts';
import { manyFiles, slowly } from './recipes.ts';

const answer = z.object({ folder: z.string(), files: z.int() });

/** Races under kills: a few each time, and a hundred where ATTUNE_TEST_RACES asks for them. */
const races = Number(process.env['ATTUNE_TEST_RACES'] ?? 5);

/** A process that wants the environment of a script several times at once. */
function startBuilder(root: string, script: string, speed: 'fast' | 'usual') {
  const builder = join(import.meta.dirname, 'builder.ts');
  const child = spawn(process.execPath, [builder, root, script, '4', speed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  const ended = once(child, 'close');
  return {
    child,
    ready: async () => {
      while (lines.length === 0 && child.exitCode === null) await delay(5);
    },
    answers: async () => {
      await ended;
      return lines.slice(1).map((line) => answer.parse(JSON.parse(line)));
    },
  };
}

function scene() {
  const folder = folderWith({});
  const log = join(folder, 'log');
  return {
    root: join(folder, 'envs'),
    script: slowly(log),
    builds: () => readFileSync(log, 'utf8').split('\n').length - 1,
  };
}

/** Whoever has an answer has the one environment, complete; what the dead have left is removed. */
async function expectOne(root: string, answers: readonly z.infer<typeof answer>[]): Promise<void> {
  expect(new Set(answers.map(({ folder }) => folder)).size).toBe(1);
  expect(new Set(answers.map(({ files }) => files))).toEqual(new Set([manyFiles]));
  await removeOrphans(root, Date.now() + 120_000);
  const left = readdirSync(join(root, 'test/.builds'));
  expect(left.filter((name) => !name.endsWith('.used'))).toHaveLength(1);
}

test('sixteen executions in four processes build it once', async () => {
  const { root, script, builds } = scene();
  const builders = Array.from({ length: 4 }, () => startBuilder(root, script, 'usual'));
  const answers = await Promise.all(builders.map((builder) => builder.answers()));
  expect(answers.flat()).toHaveLength(16);
  await expectOne(root, answers.flat());
  expect(builds()).toBe(1);
});

test.each(Array.from({ length: races }, (_, index) => index + 1))(
  'builders that are killed and stopped on the way leave one environment, complete: race %i',
  async () => {
    const { root, script } = scene();
    const start = () => startBuilder(root, script, 'fast');
    const doomed = [start(), start()];
    const others = [start()];
    await Promise.all(doomed.map((builder) => builder.ready()));
    await delay(Math.random() * 150);
    doomed[0]?.child.kill('SIGKILL');
    doomed[1]?.child.kill('SIGSTOP');
    others.push(start());
    await delay(Math.random() * 400);
    doomed[1]?.child.kill('SIGCONT');
    await delay(Math.random() * 50);
    if (Math.random() < 0.5) doomed[1]?.child.kill('SIGKILL');
    const survivors = await Promise.all(others.map((builder) => builder.answers()));
    const late = await doomed[1]?.answers();
    expect(survivors.flat()).toHaveLength(8);
    await expectOne(root, [...survivors.flat(), ...(late ?? [])]);
  },
);
