import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderWith } from '../../../support/folder.ts';

type Files = Readonly<Record<string, string>>;

/** A jar file with the class `tiny.Tiny`, at this path. */
export function makeJar(path: string): void {
  const folder = folderWith({
    'tiny/Tiny.java': 'package tiny; public class Tiny { public static String SIZE = "tiny"; }\n',
  });
  run('javac', ['tiny/Tiny.java'], folder);
  run('jar', ['--create', '--file', path, 'tiny/Tiny.class'], folder);
}

/** A mirror of CPAN that has `Tiny` 1.0, and the configuration of a client that knows it. @returns folders */
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

function run(program: string, words: readonly string[], folder: string): void {
  execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
