import { lstat, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { logStream, outcome, type LogChunk, type Outcome } from '../../contract/outcome.ts';
import { attempt, type Attempt } from '../../contract/worker.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** The end of an attempt as it could not be delivered yet. */
export interface Undelivered {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly chunks: readonly LogChunk[];
}

/**
 * Keeps results on disk while the control plane can't take them, so that they outlive the agent. One file an attempt, complete or absent.
 */
export interface Spool {
  /** Resolves when the file is on disk. */
  keep(undelivered: Undelivered): Promise<void>;
  forget(attempt: Attempt): Promise<void>;
  /** What an earlier agent left. A file that can't be read is set aside and logged, never deleted. */
  load(): Promise<Undelivered[]>;
}

const stored = z.object({
  attempt,
  outcome,
  chunks: z.array(
    z.object({
      stream: logStream,
      sequence: z.int(),
      offset: z.int(),
      bytes: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    }),
  ),
});

const ending = '.json';

/**
 * @param directory made when first needed
 * @param distrusted the user of executions, where that is not ours: a folder of its making may hold anything
 */
export function createSpool(directory: string, logger: Logger, distrusted?: number): Spool {
  return {
    keep: (undelivered) => writeComplete(directory, fileOf(undelivered.attempt), serialize(undelivered)),
    forget: (done) => rm(join(directory, fileOf(done)), { force: true }),
    load: () => loadAll(directory, logger, distrusted),
  };
}

function fileOf({ execution, epoch }: Attempt): string {
  return `${execution}-${epoch}${ending}`;
}

function serialize({ chunks, ...rest }: Undelivered): string {
  const encoded = chunks.map((chunk) => ({ ...chunk, bytes: Buffer.from(chunk.bytes).toString('base64') }));
  return JSON.stringify({ ...rest, chunks: encoded });
}

/** A reader sees the whole file or none: it is written beside, flushed, and renamed. */
async function writeComplete(directory: string, name: string, text: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const beside = join(directory, `${name}.part`);
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, join(directory, name));
}

async function loadAll(
  directory: string,
  logger: Logger,
  distrusted: number | undefined,
): Promise<Undelivered[]> {
  // Now, before an execution could make it.
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const owner = await lstat(directory).then(
    ({ uid }) => uid,
    () => undefined,
  );
  if (owner !== undefined && owner === distrusted) {
    logger.error(
      { directory, owner },
      'the spool belongs to the user of executions: what it holds is not delivered',
    );
    return [];
  }
  const names = await readdir(directory).catch(() => []);
  const loaded = await Promise.all(
    names.filter((name) => name.endsWith(ending)).map((name) => loadOne(directory, name, logger)),
  );
  return loaded.filter((one) => one !== undefined);
}

async function loadOne(directory: string, name: string, logger: Logger): Promise<Undelivered | undefined> {
  try {
    return stored.parse(JSON.parse(await readFile(join(directory, name), 'utf8')));
  } catch (error) {
    logger.error({ file: name, reason: describeError(error) }, 'spooled result is unreadable, set aside');
    await rename(join(directory, name), join(directory, `${name}.unreadable`)).catch(() => undefined);
    return undefined;
  }
}
