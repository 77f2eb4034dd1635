import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** The numbered files of one lock: `<prefix><n>` in a folder. */
export interface LockPlace {
  readonly folder: string;
  readonly prefix: string;
}

/**
 * What a lock file says: who holds it, since when by its own clock (ISO 8601, for people only), and a counter that goes up while the holder lives. A build that failed
 * leaves its error for those that have waited for it.
 */
const lockNote = z.object({
  token: z.string(),
  holder: z.string(),
  since: z.iso.datetime(),
  counter: z.int(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type LockNote = z.infer<typeof lockNote>;

/** One file as it was found. Its text may be torn, or be of a holder that died while it wrote: `note` is absent then. */
export interface LockFile {
  readonly number: number;
  readonly text: string;
  readonly note: LockNote | undefined;
}

/** The file of the holder: that of the highest number. */
export async function readHighest(place: LockPlace): Promise<LockFile | undefined> {
  for (;;) {
    const number = (await numbersOf(place)).at(-1);
    if (number === undefined) return undefined;
    const file = await readLockFile(place, number);
    if (file !== undefined) return file;
  }
}

/** @returns `undefined` where it is gone: a higher number has come, or none is left */
async function readLockFile(place: LockPlace, number: number): Promise<LockFile | undefined> {
  try {
    const text = await readFile(pathOf(place, number), 'utf8');
    return { number, text, note: parseNote(text) };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** One of all that try makes the file. Exclusive creation is atomic on NFS too, and needs no flock. @returns whether it is ours */
export async function createLockFile(place: LockPlace, number: number, note: LockNote): Promise<boolean> {
  try {
    await writeFile(pathOf(place, number), JSON.stringify(note), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Replaces what our file says, where it is still there. @throws where it is not */
export function rewriteLockFile(place: LockPlace, number: number, note: LockNote): Promise<void> {
  return writeFile(pathOf(place, number), JSON.stringify(note), { flag: 'r+' });
}

/** Removes all files with a number up to `last`. */
export async function removeLockFiles(place: LockPlace, last: number): Promise<void> {
  const numbers = (await numbersOf(place)).filter((number) => number <= last);
  await Promise.all(numbers.map((number) => rm(pathOf(place, number), { force: true })));
}

async function numbersOf({ folder, prefix }: LockPlace): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .toSorted((a, b) => a - b);
}

function pathOf({ folder, prefix }: LockPlace, number: number): string {
  return join(folder, `${prefix}${number}`);
}

function parseNote(text: string): LockNote | undefined {
  try {
    return lockNote.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
