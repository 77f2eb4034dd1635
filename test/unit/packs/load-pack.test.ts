import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadPack, type LoadedPack } from '../../../src/packs/load-pack.ts';
import { listPackFiles } from '../../../src/packs/pack-files.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { folderWith, type Content } from '../../support/folder.ts';

const packFile = 'ref: core\nversion: 1.0.0\n';
const action = 'ref: core.echo\nentry_point: echo.sh\n';
const good = { 'pack.yaml': packFile, 'actions/echo.yaml': action, 'actions/echo.sh': 'cat\n' };

async function load(files: Readonly<Record<string, Content>>): Promise<LoadedPack> {
  const folder = folderWith(files);
  return loadPack({ folder, files: await listPackFiles(folder), isKnownRuntime });
}

function isKnownRuntime(name: string): boolean {
  return name === 'shell' || name === 'python';
}

/** A list that holds another one ten times. */
function level(name: string, of: string): string {
  const aliases = Array.from({ length: 10 }, () => `*${of}`).join(', ');
  return `${name}: &${name} [${aliases}]`;
}

/** What is wrong with a pack, a line each: `<place> <message>`. */
async function problems(files: Readonly<Record<string, Content>>): Promise<string[]> {
  const outcome = await load(files).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof AttuneError)) throw new Error('the pack was taken', { cause: outcome });
  expect(outcome.code).toBe('invalid_pack');
  return outcome.violations.map(({ path, message }) => `${path} ${message}`);
}

function withAction(text: string): Readonly<Record<string, Content>> {
  return { ...good, 'actions/echo.yaml': text };
}

test('a pack with actions and runtimes of its own', async () => {
  const pack = await load({
    ...good,
    'actions/run.yml': 'ref: core.run\nentry_point: lib/run.ts\nrunner_type: bun\n',
    'actions/lib/run.ts': '',
    'runtimes/bun.yaml': 'ref: core.bun\nname: bun\naliases: [bunjs]\n',
  });

  expect(pack.definition).toMatchObject({ ref: 'core', version: '1.0.0' });
  expect(pack.actions.map(({ ref, timeout }) => [ref, timeout])).toEqual([
    ['core.echo', 300],
    ['core.run', 300],
  ]);
  expect(pack.runtimes.map(({ name }) => name)).toEqual(['bun']);
  expect(pack.warnings).toEqual([]);
});

test('every problem of every file is named at once, with file, line, column and field', async () => {
  const found = await problems({
    'pack.yaml': 'ref: Core!\nversion: one\n',
    'actions/a.yaml': 'ref: core.a\ntimeout: -1\nentry_point: a.sh\nparameters:\n  n:\n    type: zahl\n',
    'actions/b.yaml': 'ref: core.b\n',
    'runtimes/r.yaml': 'name: r\n',
  });

  expect(found).toEqual([
    expect.stringMatching(/^pack\.yaml:1:1 ref: must be lower-case letters/),
    expect.stringMatching(/^pack\.yaml:2:1 version: must be a semantic version/),
    expect.stringMatching(
      /^actions\/a\.yaml:6:5 parameters\.n\.type: must be string, integer, .*, or a list of these$/,
    ),
    expect.stringMatching(/^actions\/a\.yaml:2:1 timeout: Too small/),
    expect.stringMatching(/^actions\/b\.yaml:1:1 entry_point: Invalid input: expected string/),
    expect.stringMatching(/^runtimes\/r\.yaml:1:1 ref: /),
    'actions/a.yaml:3:1 entry_point: there is no file actions/a.sh',
  ]);
});

// A busy machine takes its time over the large ones.
describe('broken or hostile YAML', { timeout: 60_000 }, () => {
  test.for<[string, string, RegExp]>([
    ['is no YAML', 'ref: [a\nentry_point: x\n', /^actions\/echo\.yaml:\d+:\d+ /],
    ['has a key twice', `${action}ref: core.other\n`, /^actions\/echo\.yaml:3:1 ref: stands here twice$/],
    ['is a list', '- a\n', /^actions\/echo\.yaml:1:1 Invalid input: expected object/],
    ['is empty', '', /^actions\/echo\.yaml:1:1 Invalid input: expected object/],
    ['has two documents', `${action}---\n${action}`, /^actions\/echo\.yaml/],
    [
      'has a tag that makes objects',
      `${action}retry: !!js/function "f"\n`,
      /^actions\/echo\.yaml:3:1 retry: /,
    ],
    ['names an alias that is not there', `${action}tags: *nothing\n`, /Unresolved alias .*: nothing$/],
  ])('a file that %s', async ([, text, expected]) => {
    const [first] = await problems(withAction(text));
    expect(first).toMatch(expected);
  });

  test('a billion laughs', async () => {
    const bomb = ['a: &a [x]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd')].join('\n');
    expect(await problems(withAction(`${action}${bomb}\n`))).toEqual([
      expect.stringMatching(/^actions\/echo\.yaml Excessive alias count/),
    ]);
  });

  test('more aliases than anybody writes', async () => {
    const text = Array.from({ length: 101 }, (_, index) => `a${index}: *x`).join('\n');
    expect(await problems(withAction(`${action}x: &x 1\n${text}\n`))).toEqual([
      'actions/echo.yaml:1:1 has more than 100 aliases: write out what they stand for',
    ]);
  });

  test('nesting without end', async () => {
    const [first, ...others] = await problems(withAction(`${action}tags: ${'['.repeat(100_000)}\n`));
    expect(first).toMatch(/^actions\/echo\.yaml/);
    expect(others.length).toBeLessThan(100);
    expect(first).toMatch(/is nested too deeply$/);
  });

  test('ten thousand keys', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key${index}: 1`).join('\n');
    const pack = await load(withAction(`${action}${keys}\n`));
    expect(pack.warnings).toHaveLength(50);
  });

  test('more than a definition can be', async () => {
    expect(await problems(withAction(`${action}#${'x'.repeat(2 * 1024 * 1024)}\n`))).toEqual([
      'actions/echo.yaml is larger than 262144 bytes',
    ]);
  });

  test('what is no UTF-8', async () => {
    const folder = folderWith(good);
    writeFileSync(`${folder}/actions/echo.yaml`, Buffer.from([0x72, 0xff, 0xfe]));
    const files = await listPackFiles(folder);
    await expect(loadPack({ folder, files, isKnownRuntime })).rejects.toMatchObject({
      violations: [{ path: 'actions/echo.yaml', message: 'is not UTF-8 text: save it as UTF-8' }],
    });
  });
});

describe('actions', () => {
  test.for<[string, string, string]>([
    [
      'of another pack',
      'ref: other.echo\nentry_point: echo.sh\n',
      'actions/echo.yaml:1:1 ref: "other.echo" is not of this pack: call it "core.echo"',
    ],
    [
      'without their script',
      'ref: core.echo\nentry_point: gone.sh\n',
      'actions/echo.yaml:2:1 entry_point: there is no file actions/gone.sh',
    ],
    [
      'whose script is a folder',
      'ref: core.echo\nentry_point: .\n',
      'actions/echo.yaml:2:1 entry_point: must not lead out of the folder "actions"',
    ],
    [
      'that climb out',
      'ref: core.echo\nentry_point: ../../../etc/passwd\n',
      'actions/echo.yaml:2:1 entry_point: must not lead out of the folder "actions"',
    ],
    [
      'that hide their climbing',
      'ref: core.echo\nentry_point: x/../../pack.yaml\n',
      'actions/echo.yaml:2:1 entry_point: must not lead out of the folder "actions"',
    ],
    [
      'with an absolute path',
      'ref: core.echo\nentry_point: /bin/sh\n',
      'actions/echo.yaml:2:1 entry_point: must be a path relative to the folder "actions", with "/"',
    ],
    [
      'with a range that is none',
      `${action}runtime_version: three\n`,
      'actions/echo.yaml:3:1 runtime_version: "three" is no version range, like ">=3.10 <4"',
    ],
    [
      'with a further range that is none',
      `${action}required_worker_runtimes:\n  python: new\n`,
      'actions/echo.yaml:4:3 required_worker_runtimes.python: "new" is no version range, like ">=3.10 <4"',
    ],
    [
      'with a default that does not fit',
      `${action}parameters:\n  n:\n    type: integer\n    default: x\n`,
      'actions/echo.yaml:6:5 parameters.n.default: must be integer',
    ],
    [
      'with a broken pattern',
      `${action}parameters:\n  n: {pattern: "("}\n`,
      'actions/echo.yaml:4:3 parameters.n: is no usable schema: Invalid regular expression: /(/: Unterminated group',
    ],
  ])('%s', async ([, text, expected]) => {
    expect(await problems(withAction(text))).toEqual([expected]);
  });

  test('that have one ref', async () => {
    expect(await problems({ ...good, 'actions/twin.yaml': action })).toEqual([
      'actions/twin.yaml:1:1 ref: "core.echo" is already that of actions/echo.yaml:1:1',
    ]);
  });
});

test('runtimes that have one name', async () => {
  expect(
    await problems({
      ...good,
      'runtimes/a.yaml': 'ref: core.a\nname: bun\n',
      'runtimes/b.yaml': 'ref: core.b\nname: bun\n',
    }),
  ).toEqual(['runtimes/b.yaml:2:1 name: "bun" is already that of runtimes/a.yaml:2:1']);
});

test('what works, yet probably not as meant, is warned about', async () => {
  const { warnings, actions } = await load(
    withAction(
      [
        'ref: core.echo',
        'entry_point: echo.sh',
        'runner_type: cobol',
        'colour: blue',
        'parameter_delivery: env',
        'parameters:',
        '  token: {secret: true, default: abc}',
        '',
      ].join('\n'),
    ),
  );

  expect(actions[0]).toMatchObject({ colour: 'blue' });
  expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
    'actions/echo.yaml:4:1 colour: is not a field that Attune knows here; it is kept and has no effect',
    'actions/echo.yaml:3:1 runner_type: no runtime "cobol" is known yet; executions wait until a worker offers it',
    'actions/echo.yaml:7:3 parameters.token: the default of a secret can be read by everybody',
    'actions/echo.yaml:7:3 parameters.token: a secret is never delivered by "env"; use "stdin" or "file"',
  ]);
});

describe('a pack of Attune with more than actions', () => {
  const workflow = 'ref: core.deploy\nworkflow_file: workflows/deploy.workflow.yaml\nparameters: {}\n';
  const files = {
    ...good,
    'actions/deploy.yaml': workflow,
    'actions/older.yaml': 'ref: core.older\nrunner_type: workflow\nentry_point: older.yaml\n',
    'actions/workflows/deploy.workflow.yaml': 'tasks: []\n',
    'sensors/poller.yaml': 'ref: core.poller\nentry_point: gone.py\n',
    'triggers/timer.yaml': 'ref: core.timer\n',
    'rules/a.yaml': '',
    'rules/b.yml': '[',
    'README.md': '',
    'dashboards/operations.txt': '',
  };

  test('is taken; what this worker does not run is named', async () => {
    const { actions, warnings } = await load(files);
    expect(actions.map(({ ref }) => ref)).toEqual(['core.echo']);
    expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'actions/deploy.yaml:2:1 "core.deploy" is a workflow: it is kept, and neither registered nor run by this worker',
      'actions/older.yaml:1:1 "core.older" is a workflow: it is kept, and neither registered nor run by this worker',
      'sensors is kept, and not run by this worker: poller.yaml',
      'triggers is kept, and not run by this worker: timer.yaml',
      'rules is kept, and not run by this worker: a.yaml, b.yml',
    ]);
  });

  test('of many files the first are named', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, index): [string, string] => [`rules/r${10 + index}.yaml`, '']),
    );
    const { warnings } = await load({ ...good, ...many });
    expect(warnings).toMatchObject([
      { path: 'rules', message: expect.stringMatching(/r19\.yaml and 2 more$/) as unknown },
    ]);
  });

  test('every field that its own packs carry is kept, and named', async () => {
    const fields = {
      'pack.yaml': `${packFile}email: a@b.c\nsystem: true\nenabled: true\nmeta: {category: system}\ntesting: {enabled: true}\n`,
      'actions/echo.yaml': `${action}accesses_mcp: true\ntimeout_seconds: 900\nreference_visibility: private\nworker_tolerations: [{key: gpu, operator: exists}]\n`,
    };
    const { definition, actions, warnings } = await load({ ...good, ...fields });
    expect(definition).toMatchObject({ email: 'a@b.c', testing: { enabled: true } });
    expect(actions[0]).toMatchObject({ reference_visibility: 'private' });
    expect(warnings).toHaveLength(9);
  });
});
