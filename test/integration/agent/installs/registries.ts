import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderWith } from '../../../support/folder.ts';

/** Registries of one package, `tiny` 1.0, as folders for one test: no network is needed. */

type Files = Readonly<Record<string, string>>;

/** A wheel. @returns its path */
export function makeWheel(): string {
  const info = 'tiny-1.0.dist-info';
  const folder = folderWith({
    'tiny.py': 'size = "tiny"\n',
    [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n',
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: `tiny.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  });
  return zip(folder, 'tiny-1.0-py3-none-any.whl', [
    'tiny.py',
    ...['METADATA', 'WHEEL', 'RECORD'].map((name) => `${info}/${name}`),
  ]);
}

/** A source of gems. @returns its folder */
export function makeGemSource(): string {
  const folder = folderWith({
    'tiny.gemspec':
      'Gem::Specification.new { |s| s.name = "tiny"; s.version = "1.0"; s.summary = s.author = "x"; s.files = ["lib/tiny.rb"] }\n',
    'lib/tiny.rb': 'module Tiny; SIZE = "tiny"; end\n',
    'source/gems/.keep': '',
  });
  run('gem', ['build', 'tiny.gemspec', '--output', 'source/gems/tiny-1.0.gem'], folder);
  run('gem', ['generate_index', '--directory', 'source'], folder);
  return join(folder, 'source');
}

/** A module proxy. @returns its folder */
export function makeGoProxy(): string {
  const module = 'example.com/tiny';
  const version = `${module}@v1.0.0`;
  const manifest = `module ${module}\n\ngo 1.18\n`;
  const folder = folderWith({
    [`${version}/go.mod`]: manifest,
    [`${version}/tiny.go`]: 'package tiny\n\nconst Size = "tiny"\n',
    [`proxy/${module}/@v/list`]: 'v1.0.0\n',
    [`proxy/${module}/@v/v1.0.0.mod`]: manifest,
    [`proxy/${module}/@v/v1.0.0.info`]: '{"Version": "v1.0.0", "Time": "2026-01-01T00:00:00Z"}',
  });
  renameSync(
    zip(folder, 'tiny.zip', [`${version}/go.mod`, `${version}/tiny.go`]),
    join(folder, `proxy/${module}/@v/v1.0.0.zip`),
  );
  return join(folder, 'proxy');
}

/** A repository of R packages. @returns its folder */
export function makeRRepository(): string {
  const folder = folderWith({
    'tiny/DESCRIPTION':
      'Package: tiny\nVersion: 1.0\nTitle: T\nDescription: D.\nAuthor: A\nMaintainer: A <a@example.com>\nLicense: MIT\n',
    'tiny/NAMESPACE': 'export(size)\n',
    'tiny/R/tiny.R': 'size <- function() "tiny"\n',
    'repository/src/contrib/.keep': '',
  });
  run('R', ['CMD', 'build', 'tiny'], folder);
  renameSync(join(folder, 'tiny_1.0.tar.gz'), join(folder, 'repository/src/contrib/tiny_1.0.tar.gz'));
  run('Rscript', ['-e', 'tools::write_PACKAGES("repository/src/contrib")'], folder);
  return join(folder, 'repository');
}

/** A jar file at this path. */
export function makeJar(path: string): void {
  const folder = folderWith({
    'tiny/Tiny.java': 'package tiny; public class Tiny { public static String SIZE = "tiny"; }\n',
  });
  run('javac', ['tiny/Tiny.java'], folder);
  run('jar', ['--create', '--file', path, 'tiny/Tiny.class'], folder);
}

/** A mirror of CPAN, and the configuration of a client that knows it. @returns folders */
export function makeCpanMirror(): { readonly mirror: string; readonly configuration: string } {
  const place = 'authors/id/T/TI/TINY';
  const folder = folderWith({
    'Tiny-1.0/Makefile.PL':
      'use ExtUtils::MakeMaker; WriteMakefile(NAME => "Tiny", VERSION_FROM => "lib/Tiny.pm");\n',
    'Tiny-1.0/MANIFEST': 'Makefile.PL\nMANIFEST\nlib/Tiny.pm\n',
    'Tiny-1.0/lib/Tiny.pm': 'package Tiny;\nour $VERSION = "1.0";\nsub size { "tiny" }\n1;\n',
  });
  const mirror = join(folder, 'mirror');
  for (const path of [place, 'modules']) mkdirSync(join(mirror, path), { recursive: true });
  run('tar', ['-czf', join(mirror, place, 'Tiny-1.0.tar.gz'), 'Tiny-1.0'], folder);
  const sum = createHash('sha256')
    .update(readFileSync(join(mirror, place, 'Tiny-1.0.tar.gz')))
    .digest('hex');
  const entry = `{ sha256 => '${sum}', isdir => 0, cpan_path => 'T/TI/TINY' }`;
  writeFileSync(join(mirror, place, 'CHECKSUMS'), `$cksum = { 'Tiny-1.0.tar.gz' => ${entry} };\n`);
  writeCompressed(mirror, {
    'authors/01mailrc.txt.gz': '',
    'modules/02packages.details.txt.gz': packagesOf('Tiny 1.0 T/TI/TINY/Tiny-1.0.tar.gz'),
    'modules/03modlist.data.gz': 'File: x\n\npackage CPAN::Modulelist;\nsub data { return {} }\n1;\n',
  });
  const configuration = folderWith({
    'CPAN/Config.pm': `$CPAN::Config = { urllist => ['file://${mirror}'], pushy_https => 0 };\n1;\n`,
  });
  return { mirror, configuration };
}

function packagesOf(line: string): string {
  const names = ['File', 'URL', 'Description', 'Columns', 'Intended-For', 'Written-By'];
  const header = names.map((name) => `${name}: x\n`).join('');
  return `${header}Line-Count: 1\nLast-Updated: Thu, 01 Jan 2026 00:00:00 GMT\n\n${line}\n`;
}

function writeCompressed(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), gzipSync(text));
}

function zip(folder: string, name: string, paths: readonly string[]): string {
  const program =
    'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as file: [file.write(path) for path in sys.argv[2:]]';
  run('python3', ['-c', program, name, ...paths], folder);
  return join(folder, name);
}

function run(program: string, words: readonly string[], folder: string): void {
  execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
