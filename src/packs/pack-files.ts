import type { Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from '../contract/problem.ts';
import { AttuneError, describeError } from '../shared/errors.ts';

/** One entry of a pack's folder. `path` is relative, with `/`; folders come before what they hold. */
export type PackFile =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'file'; readonly size: number; readonly executable: boolean }
  | { readonly path: string; readonly kind: 'link'; readonly target: string };

export interface PackLimits {
  /** Files, folders and links in a pack. */
  readonly files: number;
  /** Bytes of all files of a pack together. */
  readonly bytes: number;
}

/** Packs hold scripts and small data; a clone of the world belongs elsewhere. */
export const packLimits: PackLimits = { files: 10_000, bytes: 256 * 1024 * 1024 };

/** Folders that no action needs and that would only be copied around. */
const skipped = new Set(['.git', '__pycache__']);

/**
 * Lists what a pack consists of, sorted by path.
 * @throws AttuneError `invalid_pack` that names a missing folder or pack.yaml, links that leave the pack, devices and
 * sockets, or the limit that was passed
 */
export async function listPackFiles(
  folder: string,
  limits: PackLimits = packLimits,
): Promise<readonly PackFile[]> {
  const { files, violations } = await scanPack(folder, limits);
  if (violations.length > 0) throw invalidPack(violations);
  return files;
}

/** The entries of a pack that it may have, and what is wrong with the others. */
export interface ScannedPack {
  readonly files: readonly PackFile[];
  readonly violations: readonly Violation[];
}

/**
 * Lists the same, and tells of bad links, devices and the like instead of refusing them.
 * @throws AttuneError `invalid_pack` where there is no pack at all, or a limit was passed
 */
export async function scanPack(folder: string, limits: PackLimits = packLimits): Promise<ScannedPack> {
  const root = await resolveFolder(folder);
  // First of all, so that nobody reads the names in folders that are no packs.
  if (!(await isFile(path.join(root, 'pack.yaml')))) throw invalidPack([noPackFile]);
  const files: PackFile[] = [];
  const violations: Violation[] = [];
  const pending = [''];
  let bytes = 0;
  for (let parent = pending.shift(); parent !== undefined; parent = pending.shift()) {
    for (const name of await readdir(path.join(root, parent))) {
      if (skipped.has(name)) continue;
      const relative = parent === '' ? name : `${parent}/${name}`;
      const file = await inspect(root, relative);
      if ('message' in file) {
        violations.push(file);
        continue;
      }
      files.push(file);
      if (file.kind === 'folder') pending.push(relative);
      if (file.kind === 'file') bytes += file.size;
      if (files.length > limits.files || bytes > limits.bytes) throw tooLarge(limits);
    }
  }
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), violations };
}

const noPackFile = {
  path: 'pack.yaml',
  message: 'is missing: a pack is a folder that holds the file pack.yaml',
};

async function isFile(file: string): Promise<boolean> {
  const facts = await lstat(file).catch(() => undefined);
  return facts?.isFile() ?? false;
}

/** More problems than this help nobody. */
const mostViolations = 200;

/** The one error for everything that is wrong with a pack. */
export function invalidPack(violations: readonly Violation[]): AttuneError {
  const [first] = violations;
  const summary = first === undefined ? '' : `: ${first.path}: ${first.message}`;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new AttuneError('invalid_pack', `The pack is not valid${summary}${more}`, {
    violations: violations.slice(0, mostViolations),
  });
}

async function resolveFolder(folder: string): Promise<string> {
  if (!path.isAbsolute(folder)) {
    throw invalidPack([{ path: folder, message: 'must be an absolute path on the machine of the server' }]);
  }
  try {
    const root = await realpath(folder);
    if ((await lstat(root)).isDirectory()) return root;
    throw invalidPack([{ path: folder, message: 'is not a folder: name the folder that holds pack.yaml' }]);
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw invalidPack([{ path: folder, message: unreadable(error) }]);
  }
}

async function inspect(root: string, relative: string): Promise<PackFile | Violation> {
  try {
    const absolute = path.join(root, relative);
    const facts = await lstat(absolute);
    return facts.isSymbolicLink() ? await inspectLink(root, relative) : describe(relative, facts);
  } catch (error) {
    return { path: relative, message: unreadable(error) };
  }
}

function describe(relative: string, facts: Stats): PackFile | Violation {
  if (facts.isDirectory()) return { path: relative, kind: 'folder' };
  if (!facts.isFile()) return { path: relative, message: 'is neither file nor folder nor link: remove it' };
  return { path: relative, kind: 'file', size: facts.size, executable: (facts.mode & 0o100) !== 0 };
}

async function inspectLink(root: string, relative: string): Promise<PackFile | Violation> {
  const absolute = path.join(root, relative);
  const target = await readlink(absolute);
  if (path.isAbsolute(target) || !isInside(root, await realpath(absolute))) {
    return {
      path: relative,
      message: `is a link to "${target}": links must be relative and stay inside the pack`,
    };
  }
  return { path: relative, kind: 'link', target };
}

/** Whether `file` is `folder` or lies in it; both absolute and resolved. */
export function isInside(folder: string, file: string): boolean {
  return file === folder || file.startsWith(`${folder}${path.sep}`);
}

/** The paths of the YAML files that lie directly in a folder of the pack. */
export function yamlFilesIn(files: readonly PackFile[], folder: string): string[] {
  const pattern = new RegExp(`^${folder}/[^/]+\\.ya?ml$`);
  return files.flatMap((file) => (file.kind !== 'folder' && pattern.test(file.path) ? [file.path] : []));
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist, or is a link to nothing',
    EACCES: 'is not readable',
    EPERM: 'is not readable',
    ELOOP: 'is a link that leads to itself',
    ENOTDIR: 'is not a folder',
  };
  return reasons[code] ?? `can't be read: ${describeError(error)}`;
}

/** The error for what passes the limits. */
export function tooLarge({ files, bytes }: PackLimits): AttuneError {
  const message = `is larger than ${files} files or ${Math.round(bytes / 1024 / 1024)} MiB`;
  return invalidPack([{ path: '.', message: `${message}: leave out what the actions do not need` }]);
}
