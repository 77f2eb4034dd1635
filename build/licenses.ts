import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Metafile } from 'esbuild';

import { root } from './paths.ts';

interface Notice {
  readonly title: string;
  readonly text: string;
}

/** The license texts of everything that goes into an executable: Node, the libraries beside it, the bundled packages. */
export function collectLicenses(
  metafile: Metafile,
  nodePackage: string,
  libraries: readonly string[],
): string {
  const notices = [
    { title: `Node.js ${process.versions.node}`, text: readFileSync(join(nodePackage, 'LICENSE'), 'utf8') },
    ...systemNotices(libraries),
    ...bundledPackages(metafile).map((directory) => packageNotice(join(root, directory))),
  ];
  const contents = notices.map(({ title }) => `  ${title}`).join('\n');
  return `This file contains:\n${contents}\n${notices.map(render).join('')}`;
}

/** The folders of the packages of which at least one file is in the bundle. */
export function bundledPackages(metafile: Metafile): string[] {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
  const directories = Object.keys(metafile.inputs).flatMap((path) => folder.exec(path)?.[0] ?? []);
  return [...new Set(directories)].toSorted();
}

/** ld.so and libc are the GNU C Library; libstdc++, libgcc and libatomic belong to GCC. */
function systemNotices(libraries: readonly string[]): Notice[] {
  const ofGcc = libraries.filter((name) => /^lib(?:stdc\+\+|gcc_s|atomic)\./.test(name));
  const ofGlibc = libraries.filter((name) => !ofGcc.includes(name));
  return [
    { title: `GNU C Library (${ofGlibc.join(', ')})`, text: storedText('glibc.txt', 'LGPL-2.1.txt') },
    {
      title: `GCC runtime libraries (${ofGcc.join(', ')})`,
      text: storedText('gcc-runtime.txt', 'GCC-exception-3.1.txt', 'GPL-3.0.txt'),
    },
  ];
}

function storedText(...names: readonly string[]): string {
  return names
    .map((name) => readFileSync(join(import.meta.dirname, 'licenses', name), 'utf8').trimEnd())
    .join('\n\n');
}

function packageNotice(directory: string): Notice {
  const { name, version, license } = readManifest(join(directory, 'package.json'));
  const texts = readdirSync(directory)
    .filter((file) => /^(?:(?:un)?licen[cs]e|copying|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(directory, file), 'utf8').trimEnd());
  // Few packages carry no text; build/licenses holds that of their license, and must where a new one comes.
  const text = texts.length > 0 ? texts.join('\n\n') : storedText(`${license}.txt`);
  return { title: `${name} ${version} (${license})`, text };
}

function readManifest(path: string): { name: string; version: string; license: string } {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const field = (key: string): string => {
    const value: unknown =
      typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, key) : undefined;
    return typeof value === 'string' ? value : 'unknown';
  };
  return { name: field('name'), version: field('version'), license: field('license') };
}

function render({ title, text }: Notice): string {
  return `\n${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trimEnd()}\n`;
}
