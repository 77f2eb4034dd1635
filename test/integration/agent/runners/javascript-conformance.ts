import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, type Content } from '../../../support/folder.ts';
import { runAgentCommand } from '../../../support/try.ts';

/** Two packages that only an environment has. */
const packages = {
  'environment/node_modules/plain/index.js': 'exports.name = "plain";\n',
  'environment/node_modules/@scope/modern/package.json':
    '{"type": "module", "exports": {"./part": "./part.js"}}',
  'environment/node_modules/@scope/modern/part.js': 'export const name = "modern";\n',
};

/** What `javascript` does, of any agent. */
export function javascriptConformance(agent: readonly [string, ...string[]]): void {
  const run = (
    files: Readonly<Record<string, Content>>,
    given: Parameters<typeof runAgentCommand>[2] & { words?: readonly string[] } = {},
  ) => {
    const folder = folderWith({ ...packages, ...files });
    const [script = ''] = Object.keys(files);
    const flag = `--modules=${join(folder, 'environment/node_modules')}`;
    const words = ['javascript', flag, join(folder, script), ...(given.words ?? [])];
    return runAgentCommand(agent, words, given);
  };

  test.each([
    [
      'CommonJS',
      'act.js',
      'const { text } = require("node:stream/consumers");\nmodule.exports = text(process.stdin).then(console.log);\n',
    ],
    [
      'a module that awaits at its top',
      'act.mjs',
      'import { text } from "node:stream/consumers";\nconsole.log(await text(process.stdin));\n',
    ],
    [
      'TypeScript',
      'act.mts',
      'import { text } from "node:stream/consumers";\nconst all: string = await text(process.stdin);\nconsole.log(all);\n',
    ],
    ['what reads at once', 'act.cjs', 'console.log(require("node:fs").readFileSync(0, "utf8"));\n'],
  ])('runs %s, with its standard input', async (_kind, script, code) => {
    expect(await run({ [script]: code }, { input: 'given' })).toEqual({
      status: 0,
      stdout: 'given\n',
      stderr: '',
    });
  });

  test('a script has its arguments, and knows itself to be the main program', async () => {
    const common = await run(
      { 'act.js': 'console.log(require.main === module, ...process.argv.slice(2));\n' },
      { words: ['--help', 'b c'] },
    );
    expect(common).toEqual({ status: 0, stdout: 'true --help b c\n', stderr: '' });
    const modern = await run({
      'act.mjs': 'console.log(import.meta.main, process.argv[1] === import.meta.filename);\n',
    });
    expect(modern).toEqual({ status: 0, stdout: 'true true\n', stderr: '' });
  });

  test('import and require find the packages of an environment, from whatever file', async () => {
    const { status, stdout, stderr } = await run({
      'act.mjs': `import { name } from '@scope/modern/part';
import { createRequire } from 'node:module';
import { plain } from './helper.cjs';
const { name: dynamic } = await import('plain');
console.log(name, plain, dynamic, createRequire(import.meta.url)('plain').name);
`,
      'helper.cjs': 'exports.plain = require("plain").name;\n',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'modern plain plain plain\n',
      stderr: '',
    });
  });

  test("a package beside a script wins over the environment's", async () => {
    const { stdout } = await run({
      'act.js': 'console.log(require("plain").name);\n',
      'node_modules/plain/index.js': 'exports.name = "nearer";\n',
    });
    expect(stdout).toBe('nearer\n');
  });

  test('a package that is nowhere is missed by the name that the script gave it', async () => {
    const { status, stderr } = await run({ 'act.mjs': 'await import("nowhere");\n' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot find package 'nowhere' imported from .*act\.mjs/);
  });

  test.each([
    [
      'throws',
      'function trouble() { throw new Error("no luck"); }\ntrouble();\n',
      1,
      /no luck\n.*at trouble \(.*act\.js:1:/s,
    ],
    [
      'rejects',
      'async function trouble() { throw new Error("no luck"); }\nvoid trouble();\n',
      1,
      /no luck\n.*at trouble \(.*act\.js:1:/s,
    ],
    ['is no JavaScript', 'let = ;\n', 1, /act\.js:1\n.*SyntaxError/s],
    ['exits', 'process.exit(7);\n', 7, /^$/],
    ['sets its exit code', 'process.exitCode = 8;\n', 8, /^$/],
  ])('a script that %s ends as under Node', async (_how, code, status, errors) => {
    const ended = await run({ 'act.js': code });
    expect(ended.status).toBe(status);
    expect(ended.stderr).toMatch(errors);
    expect(ended.stderr).not.toContain('attune-agent:');
  });

  test('a script has all variables that the process was given, and Node obeys none of them', async () => {
    const environment = { NODE_OPTIONS: '--bad', PGHOST: 'db', ATTUNE_ACTION: 'demo.act' };
    const code =
      'const { NODE_OPTIONS, PGHOST, ATTUNE_ACTION, ...others } = process.env;\ndelete others.PATH;\nconsole.log(NODE_OPTIONS, PGHOST, ATTUNE_ACTION, Object.keys(others));\n';
    const { stdout } = await run({ 'act.js': code }, { environment: sealedOnly(agent, environment) });
    expect(stdout).toBe(`${sealedOnly(agent, environment).NODE_OPTIONS} db demo.act []\n`);
  });

  test('a script may fork another one, which finds the same packages', async () => {
    const { stdout } = await run({
      'act.js': 'require("node:child_process").fork(require.resolve("./other.js"), ["a"]);\n',
      'other.js': 'console.log(require("plain").name, ...process.argv.slice(2));\n',
    });
    expect(stdout).toBe('plain a\n');
  });
}

/** A Node that is not sealed obeys them before our first line. */
function sealedOnly<Variables extends { readonly NODE_OPTIONS: string }>(
  agent: readonly string[],
  environment: Variables,
): Variables {
  return agent.length === 1 ? environment : { ...environment, NODE_OPTIONS: '--no-deprecation' };
}
