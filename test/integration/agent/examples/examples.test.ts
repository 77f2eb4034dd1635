import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { detect, type Detected } from '../../../../src/agent/detect/detect.ts';
import { createCommandResolver } from '../../../../src/agent/execute/command/command.ts';
import { createPacks } from '../../../../src/agent/packs/packs.ts';
import { renderParameters } from '../../../../src/agent/execute/parameters/render-parameters.ts';
import { actionDefinition, type ActionDefinition } from '../../../../src/contract/action.ts';
import { packDefinition } from '../../../../src/contract/pack.ts';
import type { JsonObject } from '../../../../src/contract/parameter-schema.ts';
import { requires } from '../../../support/requires.ts';

const packs = join(import.meta.dirname, '../../../../examples/packs');
const folder = join(packs, 'example');

function readYaml(path: string): unknown {
  return parse(readFileSync(join(folder, path), 'utf8'));
}

let detected: Detected;
beforeAll(async () => {
  detected = await detect({ environment: process.env });
});

/** Runs an example as an agent would, with its defaults where a parameter is not given. */
async function run(name: string, given: JsonObject = {}) {
  const action = actionDefinition.parse(readYaml(`actions/${name}.yaml`));
  const parameters = { ...defaultsOf(action), ...given };
  const resolve = createCommandResolver({
    environment: process.env,
    detected: detected.runtimes,
    templates: detected.templates,
    hints: [],
    platform: 'test',
    config: {
      artifactsDirectory: '/none',
      runtimeEnvironmentsDirectory: '/none',
      apiUrl: undefined,
    },
  });
  const assignment = {
    execution: 1,
    epoch: 1,
    action,
    pack: { ref: 'example', digest: 'none' },
    runtime: null,
    parameters,
    secrets: [],
    timeout: action.timeout,
  };
  const pack = await createPacks(packs, undefined).provide(assignment.pack, new AbortController());
  const plan = await resolve(assignment, pack);
  const command = plan.commandIn(undefined);
  const [file, ...args] = command.argv;
  const { exitCode, stdout, stderr } = await execa(file, args, {
    cwd: command.workingDirectory,
    env: command.environment,
    extendEnv: false,
    input: renderParameters(parameters, action.parameter_format),
    reject: false,
    timeout: action.timeout * 1000,
  });
  const result: unknown = action.output_format === 'json' && exitCode === 0 ? JSON.parse(stdout) : stdout;
  return { exitCode, result, stderr };
}

function defaultsOf({ parameters }: ActionDefinition): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** One action for each language: the program that it needs, what it gets, and what it answers. */
const languages: readonly [program: string, action: string, given: JsonObject, result: JsonObject][] = [
  ['sh', 'folder_summary', { folder: join(import.meta.dirname, 'summary') }, { files: 2, bytes: 11 }],
  [
    'python3',
    'statistics',
    { numbers: [1, 2, 3, 4] },
    { count: 4, mean: 2.5, median: 2.5, deviation: Math.sqrt(1.25) },
  ],
  ['node', 'word_frequencies', { text: 'a b a', most: 1 }, { words: 3, frequent: { a: 2 } }],
  ['ruby', 'primes', { limit: 20 }, { count: 8, greatest: 19, sum: 77 }],
  [
    'go',
    'checksum',
    { text: 'abc', rounds: 1 },
    { rounds: 1, checksum: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  ],
  ['java', 'fibonacci', { index: 100 }, { index: 100, digits: 21, end: '179261915075' }],
  ['perl', 'parse_log', {}, { requests: { 200: 1, 201: 1, 404: 1 }, bytes: 1283, unreadable: 0 }],
  ['Rscript', 'regression', { x: [1, 2, 3], y: [3, 5, 7] }, { intercept: 1, slope: 2, r_squared: 1 }],
];

for (const [program, name, given, expected] of languages) {
  test.skipIf(!requires(program))(
    `${name} computes, logs a line and answers in JSON`,
    { timeout: 130_000 },
    async () => {
      const { exitCode, result, stderr } = await run(name, given);
      expect({ exitCode, result }).toEqual({ exitCode: 0, result: expected });
      expect(stderr).not.toBe('');
    },
  );
}

describe('examples that end badly, or measure', () => {
  test('fail says why and exits with its code', async () => {
    expect(await run('fail')).toMatchObject({ exitCode: 3, stderr: 'the disk is full (not really)' });
    expect(await run('fail', { exit_code: 77 })).toMatchObject({ exitCode: 77 });
  });

  test('noop reads its parameters and says hi', async () => {
    expect(await run('noop')).toMatchObject({ exitCode: 0, result: 'hi' });
  });

  test('greet_secretly prints its secret, which is then masked by the agent', async () => {
    const { result, stderr } = await run('greet_secretly', { name: 'Ada', token: 'abcdefgh' });
    expect(result).toEqual({ greeting: 'Hello, Ada!', token: 'abcdefgh', length: 8 });
    expect(stderr).toBe('the token is abcdefgh');
  });

  test.skipIf(!requires('python3'))('light_python computes a little', async () => {
    expect(await run('light_python')).toMatchObject({ exitCode: 0, result: 55 });
  });
});

test('the pack is well-formed: each action has its file, its name and its script', () => {
  expect(packDefinition.parse(readYaml('pack.yaml')).ref).toBe('example');
  const files = readdirSync(join(folder, 'actions'));
  const names = files.filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
  const actions = names.map((name) => actionDefinition.parse(readYaml(`actions/${name}.yaml`)));
  expect(actions.map(({ ref }) => ref)).toEqual(names.map((name) => `example.${name}`));
  expect(files).toEqual(expect.arrayContaining(actions.map(({ entry_point }) => entry_point)));
});
