import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, type Content } from '../../../support/folder.ts';
import { startNpmRegistry } from '../../../support/npm-registry.ts';
import { requires } from '../../../support/requires.ts';
import { runAgentCommand, sourceAgent } from '../../../support/try.ts';
import {
  makeCpanMirror,
  makeGemSource,
  makeGoProxy,
  makeJar,
  makeRRepository,
  makeWheel,
} from './registries.ts';

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
  const given = { HOME: folderWith({}), ...environment, ATTUNE_RUNTIME_ENVS_DIR: folderWith({}) };
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
  test.skipIf(!requires('python3'))('by pip', { timeout: patience }, async () => {
    const wheel = makeWheel();
    const pack = writePack({
      runtime: 'python',
      script: 'act.py',
      code: 'import tiny\nprint(tiny.size)\n',
      files: { 'requirements.txt': `./wheels/${basename(wheel)}\n`, 'wheels/.keep': '' },
    });
    copyFileSync(wheel, join(pack, 'wheels', basename(wheel)));
    expect(await tryTwice(pack, { PIP_NO_INDEX: '1' })).toEqual(installed);
  });

  test.skipIf(!requires('npm'))('by npm', { timeout: patience }, async () => {
    const { url } = await startNpmRegistry();
    const pack = writePack({
      runtime: 'node',
      script: 'act.js',
      code: 'console.log(require("tiny").size);\n',
      files: { 'package.json': '{"dependencies": {"tiny": "1.0.0"}}', '.npmrc': `registry=${url}\n` },
    });
    expect(await tryTwice(pack)).toEqual(installed);
  });

  test.each(['javascript', 'js'])('by the agent, for %s', { timeout: patience }, async (runtime) => {
    const { url } = await startNpmRegistry();
    const pack = writePack({
      runtime,
      script: 'act.mjs',
      code: 'import { size } from "tiny";\nconsole.log(size);\n',
      files: { 'package.json': '{"dependencies": {"tiny": "1.0.0"}}', '.npmrc': `registry=${url}\n` },
    });
    expect(await tryTwice(pack)).toEqual(installed);
  });

  test.skipIf(!requires('gem'))('by Bundler or gem', { timeout: patience }, async () => {
    const pack = writePack({
      runtime: 'ruby',
      script: 'act.rb',
      code: 'require "json"\nrequire "tiny"\nputs Tiny::SIZE\n',
      files: { Gemfile: `source "file://${makeGemSource()}"\ngem "tiny", "1.0"\n`, 'gems/own.rb': '' },
    });
    expect(await tryTwice(pack)).toEqual(installed);
  });

  test.skipIf(!requires('go') || !requires('python3'))('by go', { timeout: patience }, async () => {
    const pack = writePack({
      runtime: 'go',
      script: 'act.go',
      code: 'package main\n\nimport (\n\t"fmt"\n\t"example.com/tiny"\n)\n\nfunc main() { fmt.Println(tiny.Size) }\n',
      files: { 'go.mod': 'module demo\n\ngo 1.18\n\nrequire example.com/tiny v1.0.0\n' },
    });
    expect(
      await tryTwice(pack, {
        GOPROXY: `file://${makeGoProxy()}`,
        GONOSUMDB: '*',
        GOFLAGS: '-buildvcs=false',
        // The machine's own, or the standard library is compiled first.
        GOCACHE: execFileSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).trim(),
      }),
    ).toEqual(installed);
  });

  test.skipIf(!requires('Rscript'))('by R', { timeout: patience }, async () => {
    const pack = writePack({
      runtime: 'r',
      script: 'act.R',
      code: 'cat(tiny::size(), "\\n", sep = "")\n',
      files: {
        DESCRIPTION: 'Package: demo\nVersion: 1.0\nDepends: R (>= 3.5)\nImports: stats, tiny (>= 1.0)\n',
      },
    });
    expect(await tryTwice(pack, { CRAN: `file://${makeRRepository()}` })).toEqual(installed);
  });

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
