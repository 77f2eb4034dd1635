import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { makeWheel } from '../../../support/wheel.ts';

const main = join(import.meta.dirname, '../../../../src/agent/main.ts');

/** An action of a language that prints what a package says, and where that package comes from. */
interface Language {
  readonly runtime: string;
  /** The action's file and its text. */
  readonly script: readonly [string, string];
  /** Makes what is to be installed in a folder. @returns the pack's files that ask for it, and variables of the container */
  readonly offer: (folder: string) => {
    readonly files: Readonly<Record<string, string>>;
    readonly variables?: Readonly<Record<string, string>>;
  };
}

/** Runs an action of a pack with a dependency, by an agent of its own. */
async function run({ runtime, script: [name, text], offer }: Language) {
  const folder = folderWith({});
  const { files, variables = {} } = offer(folder);
  const pack = folderWith({
    'pack.yaml': 'ref: demo\n',
    'actions/it.yaml': `ref: demo.it\nentry_point: ${name}\nrunner_type: ${runtime}\n`,
    [`actions/${name}`]: text,
    ...files,
  });
  const { stdout, stderr } = await execa(process.execPath, [main, 'try', pack], {
    // The container's: proxies and certificates are those of the machine.
    env: {
      ...variables,
      ATTUNE_RUNTIME_ENVS_DIR: join(folder, 'envs'),
      // As in a container, whose user has a home.
      HOME: folder,
    },
    reject: false,
  });
  return { stdout, stderr };
}

const python: Language = {
  runtime: 'python',
  script: ['it.py', 'import greeter; print(greeter.greet())\n'],
  offer: (folder) => ({
    files: { 'requirements.txt': `${makeWheel(folder)}\n` },
    variables: { PIP_NO_INDEX: '1' },
  }),
};

const node: Language = {
  runtime: 'node',
  script: ['it.js', "console.log(require('greeter').greet());\n"],
  offer(folder) {
    const source = join(folder, 'greeter');
    mkdirSync(source);
    writeFileSync(
      join(source, 'package.json'),
      '{"name": "greeter", "version": "1.0.0", "main": "index.js"}',
    );
    writeFileSync(join(source, 'index.js'), "exports.greet = () => 'hello';\n");
    execFileSync('npm', ['pack', '--silent'], { cwd: source });
    const dependencies = { greeter: `file:${join(source, 'greeter-1.0.0.tgz')}` };
    return { files: { 'package.json': JSON.stringify({ name: 'demo', dependencies }) } };
  },
};

const ruby: Language = {
  runtime: 'ruby',
  script: ['it.rb', "require 'greeter'; puts Greeter.greet\n"],
  offer(folder) {
    const source = folderWith({
      'lib/greeter.rb': "module Greeter; def self.greet; 'hello'; end; end\n",
      'greeter.gemspec':
        "Gem::Specification.new { |s| s.name = 'greeter'; s.version = '1.0.0'; s.summary = 's'; s.authors = ['a']; s.files = ['lib/greeter.rb'] }\n",
    });
    mkdirSync(join(folder, 'index/gems'), { recursive: true });
    execFileSync(
      'gem',
      ['build', '--quiet', 'greeter.gemspec', '--output', join(folder, 'index/gems/greeter-1.0.0.gem')],
      {
        cwd: source,
        stdio: 'pipe',
      },
    );
    execFileSync('gem', ['generate_index', '--quiet', '--directory', join(folder, 'index')], {
      stdio: 'pipe',
    });
    return { files: { Gemfile: `source 'file://${join(folder, 'index')}'\ngem 'greeter', '1.0.0'\n` } };
  },
};

const go: Language = {
  runtime: 'go',
  script: [
    'it.go',
    'package main\n\nimport "example.com/greeter"\n\nfunc main() { println(greeter.Greet()) }\n',
  ],
  offer(folder) {
    const versions = join(folder, 'proxy/example.com/greeter/@v');
    const module = folderWith({
      'example.com/greeter@v1.0.0/go.mod': 'module example.com/greeter\n',
      'example.com/greeter@v1.0.0/greeter.go': 'package greeter\n\nfunc Greet() string { return "hello" }\n',
    });
    mkdirSync(versions, { recursive: true });
    writeFileSync(join(versions, 'list'), 'v1.0.0\n');
    writeFileSync(join(versions, 'v1.0.0.info'), '{"Version": "v1.0.0"}');
    writeFileSync(join(versions, 'v1.0.0.mod'), 'module example.com/greeter\n');
    execFileSync('zip', ['-rqD', join(versions, 'v1.0.0.zip'), '.'], { cwd: module });
    return {
      files: { 'go.mod': 'module demo\n\ngo 1.18\n\nrequire example.com/greeter v1.0.0\n' },
      variables: {
        GOPROXY: `file://${join(folder, 'proxy')}`,
        GONOSUMDB: '*',
        GONOSUMCHECK: '1',
        GOFLAGS: '-mod=mod',
      },
    };
  },
};

const java: Language = {
  runtime: 'java',
  script: [
    'It.java',
    'import org.slf4j.helpers.MessageFormatter;\npublic class It { public static void main(String[] a) { System.out.println(MessageFormatter.format("{}", "hello").getMessage()); } }\n',
  ],
  offer: () => ({
    files: {
      'pom.xml': `<project><modelVersion>4.0.0</modelVersion><groupId>demo</groupId><artifactId>demo</artifactId><version>1</version>
        <dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>2.0.17</version></dependency></dependencies>
      </project>`,
    },
  }),
};

const pypi: Language = {
  runtime: 'python',
  script: ['it.py', "import iniconfig; print('hello')\n"],
  offer: () => ({ files: { 'requirements.txt': 'iniconfig==2.1.0\n' } }),
};

const npmjs: Language = {
  runtime: 'node',
  script: ['it.js', "require('ms'); console.log('hello');\n"],
  offer: () => ({ files: { 'package.json': '{"name": "demo", "dependencies": {"ms": "2.1.3"}}' } }),
};

const r: Language = {
  runtime: 'r',
  script: ['it.R', 'cat(greeter::greet(), "\\n", sep = "")\n'],
  offer(folder) {
    const source = folderWith({
      'greeter/DESCRIPTION':
        'Package: greeter\nVersion: 1.0.0\nTitle: Greets\nDescription: Greets.\nAuthor: A\nMaintainer: A <a@example.com>\nLicense: GPL-3\n',
      'greeter/NAMESPACE': 'export(greet)\n',
      'greeter/R/greet.R': 'greet <- function() "hello"\n',
    });
    const contrib = join(folder, 'cran/src/contrib');
    mkdirSync(contrib, { recursive: true });
    execFileSync('R', ['CMD', 'build', join(source, 'greeter')], { cwd: contrib, stdio: 'pipe' });
    execFileSync('Rscript', ['-e', `tools::write_PACKAGES("${contrib}", type = "source")`], {
      stdio: 'pipe',
    });
    return {
      files: { DESCRIPTION: 'Package: demo\nVersion: 1.0.0\nImports: greeter\n' },
      variables: { CRAN: `file://${join(folder, 'cran')}` },
    };
  },
};

/** Compilers and registries may take their time: milliseconds. */
const patience = { timeout: 300_000 };

describe.each<[string, Language, readonly string[]]>([
  ['a wheel', python, ['python3']],
  ['a tarball of npm', node, ['npm']],
  ['a gem', ruby, ['gem']],
  ['a module of Go', go, ['go', 'zip']],
  ['a package of R', r, ['R']],
  ['a package of PyPI', pypi, ['python3', 'pypi']],
  ['a package of npmjs.org', npmjs, ['npm', 'npmjs']],
  ['an artifact of Maven', java, ['java', 'mvn', 'maven-central']],
])('%s', (_, language, needs) => {
  test.skipIf(!needs.every(requires))(`is installed for ${language.runtime}`, patience, async () => {
    const { stdout, stderr } = await run(language);
    expect(`${stdout}\n${stderr}`).toMatch(/(^|\n)hello\n/);
    expect(stderr).toContain('the environment is ready');
  });
});
