import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { architecture, type Architecture } from '../../contract/api/agent-info.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** One file on disk, as it was when it was looked at. */
export interface StoredFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Changes when the file is replaced. */
  readonly stamp: string;
}

/** An agent to download. */
export interface AgentFile extends StoredFile {
  /** Base64 of what lies beside it as `.sig`. */
  readonly signature: string | undefined;
  /** Files that hold the same bytes compressed. */
  readonly compressed: ReadonlyMap<Encoding, StoredFile>;
}

/** The best comes first. */
export const encodings = ['zstd', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

const endings = { zstd: '.zst', gzip: '.gz' } as const;

/** Finds the agent for an architecture; `undefined` where there is none. */
export type AgentFiles = (architecture: Architecture) => Promise<AgentFile | undefined>;

/**
 * The agents in a folder: `attune-agent-<architecture>`, and beside each, where they are there, `.zst`, `.gz` and `.sig`.
 * Files are hashed when they are first asked for, and again when they were replaced; nothing is written.
 */
export function createAgentFiles(folder: string, logger: Logger): AgentFiles {
  const known = new Map<Architecture, { readonly stamp: string; readonly file: Promise<AgentFile> }>();
  return async (wanted) => {
    const path = join(folder, `attune-agent-${architecture.parse(wanted)}`);
    const [own, ...beside] = await Promise.all([path, ...namesBeside(path)].map(stampOf));
    if (own === undefined) return undefined;
    const stamp = [own, ...beside].join();
    const seen = known.get(wanted);
    if (seen?.stamp === stamp) return seen.file;
    const file = inspect(path, logger);
    known.set(wanted, { stamp, file });
    // Whoever asks next tries again.
    file.catch(() => known.delete(wanted));
    return file;
  };
}

/** What tells a file from the one that takes its place. */
export function stampFrom({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string {
  return [ino, size, mtimeMs].join(':');
}

function namesBeside(path: string): string[] {
  return [...encodings.map((encoding) => path + endings[encoding]), signatureOf(path)];
}

function signatureOf(path: string): string {
  return `${path}.sig`;
}

async function stampOf(path: string): Promise<string | undefined> {
  return stat(path).then(stampFrom, undefinedWhenMissing);
}

async function inspect(path: string, logger: Logger): Promise<AgentFile> {
  const file = await describe(path);
  const signature = await readFile(signatureOf(path)).catch(undefinedWhenMissing);
  const compressed = new Map<Encoding, StoredFile>();
  const inspectOne = async (encoding: Encoding): Promise<void> => {
    const found = await inspectCompressed(file, encoding, logger);
    if (found !== undefined) compressed.set(encoding, found);
  };
  await Promise.all(encodings.map(inspectOne));
  return { ...file, signature: signature?.toString('base64'), compressed };
}

/** A compressed file that was left behind by an older build must never be served. */
async function inspectCompressed(
  { path, sha256 }: StoredFile,
  encoding: Encoding,
  logger: Logger,
): Promise<StoredFile | undefined> {
  const packed = path + endings[encoding];
  const decoder = decoderOf(encoding);
  if (decoder === undefined) return undefined;
  try {
    if ((await hashOf(packed, decoder)) === sha256) return await describe(packed);
    logger.warn({ path: packed }, 'not served: holds other bytes than the file beside it');
  } catch (error) {
    if (!isMissing(error)) logger.warn({ path: packed, reason: describeError(error) }, 'not served');
  }
  return undefined;
}

/** Older versions of Node than 22.15 know no zstd. */
function decoderOf(encoding: Encoding): Transform | undefined {
  if (encoding === 'gzip') return zlib.createGunzip();
  return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined;
}

async function describe(path: string): Promise<StoredFile> {
  const before = await stat(path);
  return { path, size: before.size, stamp: stampFrom(before), sha256: await hashOf(path) };
}

async function hashOf(path: string, ...decoder: Transform[]): Promise<string> {
  const hash = createHash('sha256').setEncoding('hex');
  await pipeline([createReadStream(path), ...decoder, hash]);
  return String(hash.read());
}

function undefinedWhenMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
