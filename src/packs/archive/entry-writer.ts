import { mkdir, open, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { ReadEntry } from 'tar';
import type { Violation } from '../../contract/problem.ts';
import { invalidPack, tooLarge, type PackLimits } from '../pack-files.ts';
import { readEntry } from './entry.ts';

/** Of a path in a message, in characters. */
const mostShown = 200;

export interface EntryWriter {
  /** Writes an entry, or remembers what is wrong with it. */
  write(this: void, entry: ReadEntry): Promise<void>;
  /**
   * To be called when all entries were written.
   * @throws AttuneError `invalid_pack` with everything that was wrong
   */
  finish(): Promise<void>;
}

/**
 * Writes the entries of an archive into a folder, which must be new. Until all files are there it holds no link: so no path leads out.
 * `write` fails at once where a limit is passed.
 */
export function createEntryWriter(folder: string, limits: PackLimits): EntryWriter {
  const violations: Violation[] = [];
  const links: { readonly path: string; readonly target: string }[] = [];
  let { files, bytes } = limits;

  const attempt = async (name: string, write: () => Promise<void>) => {
    try {
      await write();
    } catch (error) {
      const message = explain(error);
      if (message === undefined) throw error;
      violations.push({ path: name, message });
    }
  };

  async function writeFile(entry: ReadEntry, name: string, mode: number): Promise<void> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
    const handle = await open(file, 'wx', mode);
    try {
      for await (const piece of entry) {
        bytes -= piece.length;
        if (bytes < 0) throw tooLarge(limits);
        await handle.writeFile(piece);
      }
      await handle.chmod(mode);
    } finally {
      await handle.close();
    }
  }

  return {
    async write(raw) {
      files -= 1;
      if (files < 0) throw tooLarge(limits);
      const entry = readEntry(raw);
      if (typeof entry === 'string') violations.push({ path: raw.path.slice(0, mostShown), message: entry });
      else if (entry?.kind === 'link') links.push(entry);
      else if (entry?.kind === 'folder') {
        const made = path.join(folder, entry.path);
        await attempt(entry.path, async () => void (await mkdir(made, { recursive: true, mode: 0o755 })));
      } else if (entry?.kind === 'file') {
        const mode = entry.executable ? 0o755 : 0o644;
        await attempt(entry.path, () => writeFile(raw, entry.path, mode));
      }
      raw.resume();
    },
    async finish() {
      for (const link of links) await attempt(link.path, () => makeParent(folder, link.path));
      for (const link of links)
        await attempt(link.path, () => symlink(link.target, path.join(folder, link.path)));
      if (violations.length > 0) throw invalidPack(violations);
    },
  };
}

async function makeParent(folder: string, name: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true, mode: 0o755 });
}

/** What only the archive can be blamed for. */
function explain(error: unknown): string | undefined {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'stands in the archive twice, or lies in something that is a file';
    case 'ENAMETOOLONG':
      return 'has too long a path';
    default:
      return undefined;
  }
}
