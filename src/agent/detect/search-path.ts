import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { rcompare } from 'semver';
import { usualPath } from './environment.ts';
import { readSmallFile } from './small-file.ts';
import { normaliseVersion } from './version.ts';

/** A folder of programs, with the names in it. */
export interface Folder {
  readonly path: string;
  readonly names: readonly string[];
}

/**
 * The folders of a PATH that exist, in its order. The shims of pyenv, rbenv, nodenv and their kin are slow scripts that
 * choose a version; instead of them come the versions that are chosen, and at the very end the others that are installed.
 * @param path text of PATH; empty means the usual places
 */
export async function readSearchPath(path: string | undefined): Promise<Folder[]> {
  const places = (path === undefined || path === '' ? usualPath : path).split(':').filter(isAbsolute);
  const expanded = await Promise.all(places.map(expandShims));
  const paths = [
    ...expanded.flatMap(({ chosen }) => chosen),
    ...expanded.flatMap(({ installed }) => installed),
  ];
  const folders = await Promise.all([...new Set(paths)].map(readFolder));
  return folders.filter(({ names }) => names.length > 0);
}

interface Expanded {
  readonly chosen: readonly string[];
  readonly installed: readonly string[];
}

async function expandShims(place: string): Promise<Expanded> {
  const root = dirname(place);
  const versions = basename(place) === 'shims' ? await namesIn(join(root, 'versions')) : [];
  if (versions.length === 0) return { chosen: [place], installed: [] };
  const toFolder = (version: string) => join(root, 'versions', version, 'bin');
  const chosen = await readSmallFile(join(root, 'version'));
  return {
    chosen: chosen
      .split(/\s+/)
      .filter((version) => versions.includes(version))
      .map(toFolder),
    installed: versions.toSorted(newestFirst).map(toFolder),
  };
}

function newestFirst(a: string, b: string): number {
  return rcompare(normaliseVersion(a) ?? '0.0.0', normaliseVersion(b) ?? '0.0.0');
}

async function readFolder(path: string): Promise<Folder> {
  return { path, names: await namesIn(path) };
}

function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
