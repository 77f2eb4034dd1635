import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, type Content } from '../../../support/folder.ts';
import { npmProgram } from '../../../support/npm-program.ts';
import { startNpmRegistry } from '../../../support/npm-registry.ts';
import { requires } from '../../../support/requires.ts';
import { runAgentCommand, sourceAgent } from '../../../support/try.ts';
import { makeCpanMirror, makeJar } from './offers.ts';

interface Pack {
  readonly runtime: string;
  /** Of the action, which prints `tiny`. */
  readonly script: string;
  readonly code: string;
  readonly files: Readonly<Record<string, Content>>;
}

/** Milliseconds in which a compiler may work on a slow machine. */
const patience = 120_000;

function writePack({ runtime, script, code, files }: Pack): string {
  return folderWith({
    'pack.yaml': 'ref: demo\n',
    'actions/act.yaml': `ref: demo.act\nrunner_type: ${runtime}\nentry_point: ${script}\n`,
    [`actions/${script}`]: code,
    ...files,
  });
}

/** Runs the action of a pack twice: the first time makes its environment, and neither leaves anything in the pack. */
async function tryTwice(pack: string, environment: Readonly<Record<string, string>> = {}) {
  const before = readdirSync(pack);
  const given = { ...environment, HOME: folderWith({}), ATTUNE_RUNTIME_ENVS_DIR: folderWith({}) };
  const first = await runAgentCommand(sourceAgent, ['try', pack], { environment: given });
  const { stdout, stderr } = await runAgentCommand(sourceAgent, ['try', pack], { environment: given });
  return {
    trouble: first.status === 0 ? '' : first.stderr,
    last: first.stdout.split('\n').at(-2),
    again: stdout,
    builtAgain: stderr.includes('building'),
    left: readdirSync(pack).filter((name) => !before.includes(name)),
  };
}

const installed = { trouble: '', last: 'tiny', again: 'tiny\n', builtAgain: false, left: [] };

describe('what a manifest names is installed, from a folder', () => {
  test.skipIf(!requires('npm')).each(['node', 'javascript'])(
    'for %s, found by import and by require',
    { timeout: patience },
    async (runtime) => {
      const { url } = await startNpmRegistry();
      const pack = writePack({
        runtime,
        script: 'act.mjs',
        code: `import { createRequire } from "node:module";
import { size } from "tiny";
const again = createRequire(import.meta.url)("tiny").size;
console.log(size === again ? size : "");
`,
        files: { 'package.json': '{"dependencies": {"tiny": "1.0.0"}}', '.npmrc': `registry=${url}\n` },
      });
      expect(await tryTwice(pack)).toEqual(installed);
    },
  );

  test.skipIf(!requires('cpan') || !requires('make'))('by cpanm or cpan', { timeout: patience }, async () => {
    const { mirror, configuration } = makeCpanMirror();
    const pack = writePack({
      runtime: 'perl',
      script: 'act.pl',
      code: 'use Tiny;\nprint Tiny::size(), "\\n";\n',
      files: { cpanfile: 'requires "perl", "5.10.0";\nrequires "Tiny", "1.0";\nrequires "JSON::PP";\n' },
    });
    expect(
      await tryTwice(pack, { PERL5LIB: configuration, PERL_CPANM_OPT: `--from=file://${mirror}` }),
    ).toEqual(installed);
  });

  test.skipIf(!requires('javac') || !requires('jar'))(
    'by nobody: jar files of a pack are on the class path',
    { timeout: patience },
    async () => {
      const pack = writePack({
        runtime: 'java',
        script: 'Act.java',
        code: 'public class Act { public static void main(String[] words) { System.out.println(tiny.Tiny.SIZE); } }\n',
        files: { 'lib/.keep': '' },
      });
      makeJar(join(pack, 'lib/tiny.jar'));
      const ended = await runAgentCommand(sourceAgent, ['try', pack]);
      expect(ended).toMatchObject({ status: 0, stdout: 'tiny\n' });
    },
  );
});

describe.skipIf(!requires('npm') || !requires('npmjs'))('from npmjs.org', () => {
  const greetings = join(import.meta.dirname, '../../../fixtures/greetings');

  test.each(['deno', 'bun'] as const)(
    '%s runs an action, and has what its manifest names',
    { timeout: patience },
    async (name) => {
      const folder = dirname(await npmProgram(name));
      const environment = { ...machine(), PATH: `${folder}:${process.env['PATH']}` };
      const words = ['try', greetings, name, '--parameters', '{"name": "Ada"}'];
      const greeted = await runAgentCommand(sourceAgent, words, { environment });
      expect(greeted).toMatchObject({ status: 0, stdout: '{"greeting":"Hello, Ada"}\n' });
      const pack = writePack({
        runtime: name,
        script: 'act.ts',
        code: 'import ms from "ms";\nconst time: number = ms("2 days");\nconsole.log(time === 172800000 ? "tiny" : time);\n',
        files: {
          deno: { 'deno.json': '{"imports": {"ms": "npm:ms@2.1.3"}}' },
          bun: { 'package.json': '{"dependencies": {"ms": "2.1.3"}}' },
        }[name],
      });
      expect(await tryTwice(pack, environment)).toEqual(installed);
    },
  );

  test('the agent itself installs for javascript', { timeout: patience }, async () => {
    const pack = writePack({
      runtime: 'javascript',
      script: 'act.js',
      code: 'console.log(require("ms")("2 days") === 172800000 ? "tiny" : "");\n',
      files: { 'package.json': '{"dependencies": {"ms": "2.1.3"}}' },
    });
    expect(await tryTwice(pack, machine())).toEqual(installed);
  });
});

/** What the machine says of certificates and proxies; Deno trusts the system's authorities when it is told to. */
function machine(): Record<string, string> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('ATTUNE'));
  const defined = Object.fromEntries(others.map(([name, value = '']) => [name, value]));
  return { ...defined, DENO_TLS_CA_STORE: 'system', NO_COLOR: '1' };
}
