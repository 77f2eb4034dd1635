import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TestAgent } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { availableRoads, startSystem, type TestSystem } from '../../support/system.ts';
import { action, isRunning } from './faults.ts';

const mib = 1024 * 1024;
const prints = join(import.meta.dirname, '../../fixtures/hostile/prints.mjs');

/** Resident memory of a process, in bytes. Source: proc_pid_status(5). */
function residentMemory({ process: { pid } }: TestAgent): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** How much more memory an agent held at any time than at the start. */
function watchMemory(agent: TestAgent): () => number {
  const before = residentMemory(agent);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMemory(agent));
  }, 20);
  onTestFinished(() => clearInterval(watch));
  return () => most - before;
}

async function runOnce(system: TestSystem, script: string, extra = '') {
  await system.register({ 'it.yaml': action('it', extra), 'it.sh': script });
  const { id } = await system.execute('test.it');
  return system.reaches(id);
}

describe.skipIf(!requires('postgres'))('an action that floods', () => {
  test.for([
    ['1 GB of lines', 1_000_000_000, 'lines'],
    ['one line of 100 MB', 100_000_000, 'oneLine'],
  ] as const)('with %s costs no memory, and keeps head and tail', async ([, bytes, kind]) => {
    const system = await startSystem('postgresql');
    await system.register({
      'flood.yaml': action('flood'),
      'flood.sh': `echo first; '${process.execPath}' '${prints}' ${bytes} ${kind}; echo; echo last\n`,
    });
    const agent = await system.startAgent({ ATTUNE_WORKER_OUTPUT_LIMIT: String(mib) });
    const growth = watchMemory(agent);
    const { id } = await system.execute('test.flood');
    const printed = bytes + 'first\n'.length + '\nlast\n'.length;
    expect(await system.reaches(id)).toMatchObject({
      state: 'completed',
      result: { stdout: { bytes: printed, dropped: printed - mib } },
    });
    expect(growth()).toBeLessThan(150 * mib);
    const log = await system.log(id, 'stdout');
    expect(log.startsWith('first\n')).toBe(true);
    expect(log.endsWith('\nlast\n')).toBe(true);
    expect(log).toContain(`\n[${printed - mib} bytes were not kept]\n`);
  });

  test('with the default limit stores all that it keeps', async () => {
    const system = await startSystem('postgresql');
    await system.register({
      'flood.yaml': action('flood'),
      'flood.sh': `exec '${process.execPath}' '${prints}' 50000000 lines\n`,
    });
    await system.startAgent();
    const { id } = await system.execute('test.flood');
    const { state, result } = await system.reaches(id);
    expect(state).toBe('completed');
    expect(result?.stdout).toEqual({ bytes: 50_000_000, dropped: 50_000_000 - 10 * mib });
    const gap = `\n[${50_000_000 - 10 * mib} bytes were not kept]\n`;
    expect((await system.log(id, 'stdout')).length).toBe(10 * mib + gap.length);
  });
});

describe.each(availableRoads())('a hostile action, over %s', (road) => {
  test('may write any bytes: they come back as they were, and a result stays text', async () => {
    const system = await startSystem(road);
    await system.startAgent();
    const bytes = await runOnce(system, String.raw`printf 'a\0b\377\376\303(z\n'`);
    expect(bytes).toMatchObject({ state: 'completed', result: { data: 'a\uFFFDb\uFFFD\uFFFD\uFFFD(z\n' } });
    const raw = await fetch(`${system.url}/api/v1/executions/${bytes.id}/logs/stdout`);
    expect(Buffer.from(await raw.arrayBuffer()).toString('latin1')).toBe('a\0b\xff\xfe\xc3(z\n');
    const json = await runOnce(
      system,
      String.raw`printf '{"nul":"a\\u0000b","half":"\\ud800"}'`,
      'output_format: json\n',
    );
    expect(json).toMatchObject({
      state: 'completed',
      result: { data: { nul: 'a\uFFFDb', half: '\uFFFD' } },
    });
  });

  test('that says something else than it promised fails, with the place', async () => {
    const system = await startSystem(road);
    await system.startAgent();
    const formats = [
      ['json', String.raw`printf '{"a": 1,\n "b": oops}\n'`],
      ['jsonl', String.raw`printf '{"a": 1}\n{"a": \n'`],
      ['yaml', String.raw`printf 'a: 1\nb: [1, 2\n'`],
    ] as const;
    for (const [format, script] of formats) {
      const { state, result } = await runOnce(system, script, `output_format: ${format}\n`);
      expect(state).toBe('failed');
      expect(result).toMatchObject({ exit_code: 0, succeeded: false, error: { code: 'output_unparsable' } });
      expect(result?.error?.message).toMatch(/line \d/);
    }
  });

  test('leaves nothing behind: ignoring TERM, closing its streams, forking away', async () => {
    const system = await startSystem(road);
    await system.startAgent();
    const pids = join(folderWith({ pids: '' }), 'pids');
    const note = `echo $$ >> ${pids}`;
    await system.register({
      'deaf.yaml': action('deaf', 'timeout: 0.5\n'),
      'deaf.sh': `trap '' TERM; ${note}; while :; do sleep 0.1; done\n`,
      'mute.yaml': action('mute', 'timeout: 0.5\n'),
      'mute.sh': `${note}; exec >&- 2>&-; sleep 1000\n`,
      'away.yaml': action('away'),
      'away.sh': `${note}; (setsid sh -c '${note}; (setsid sh -c "trap \\"\\" TERM HUP; echo \\$\\$ >> ${pids}; sleep 1000" &) ; sleep 1000' &)\nwhile [ $(wc -l < ${pids}) -lt 5 ]; do sleep 0.02; done; echo gone\n`,
    });
    const asked = await Promise.all(['deaf', 'mute', 'away'].map((name) => system.execute(`test.${name}`)));
    const ended = await Promise.all(asked.map(({ id }) => system.reaches(id)));
    expect(ended.map(({ state }) => state)).toEqual(['timeout', 'timeout', 'completed']);
    const all = readFileSync(pids, 'utf8').split('\n').filter(Boolean);
    expect(all).toHaveLength(5);
    expect(all.filter(isRunning)).toEqual([]);
  });

  test('may die by a signal, and need not read its 3 MB of parameters', async () => {
    const system = await startSystem(road);
    await system.register({
      'dies.yaml': action('dies'),
      'dies.sh': 'echo so long; kill -SEGV $$\n',
      'deaf.yaml': action('deaf', 'parameters: {text: {type: string}}\n'),
      'deaf.sh': 'exec 0<&-; sleep 0.2; echo never read\n',
      'reads.yaml': action('reads', 'parameters: {text: {type: string}}\n'),
      'reads.sh': 'wc -c\n',
    });
    await system.startAgent();
    const text = 'x'.repeat(3_000_000);
    const dies = await system.execute('test.dies');
    const deaf = await system.execute('test.deaf', { text });
    const reads = await system.execute('test.reads', { text });
    expect(await system.reaches(dies.id)).toMatchObject({
      state: 'failed',
      result: { exit_code: null, signal: 'SIGSEGV' },
    });
    expect(await system.reaches(deaf.id)).toMatchObject({ state: 'completed' });
    expect(await system.log(deaf.id, 'stdout')).toBe('never read\n');
    expect(await system.reaches(reads.id)).toMatchObject({ state: 'completed' });
    expect(Number(await system.log(reads.id, 'stdout'))).toBe(JSON.stringify({ text }).length + 1);
  });

  test('that is cancelled while it floods ends at once', async () => {
    const system = await startSystem(road);
    await system.register({ 'yes.yaml': action('yes'), 'yes.sh': "trap '' TERM; while :; do yes; done\n" });
    await system.startAgent();
    const { id } = await system.execute('test.yes');
    while (!(await system.log(id, 'stdout')).startsWith('y')) await delay(20);
    await system.cancel(id);
    expect((await system.reaches(id)).state).toBe('cancelled');
  });
});
