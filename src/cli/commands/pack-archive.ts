import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { openArchive, type DownloadedArchive } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format/bytes.ts';

const schema = globalOptions.extend({
  digest: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
});

/** `pack archive`: a registered pack as a file. */
export function defineArchive(command: Command, context: Context): void {
  command
    .description('download a pack as tar.gz, as it is or as it was')
    .argument('<pack>', 'like core')
    .option('--digest <digest>', 'a revision that it had; the server keeps those that executions still need')
    .option('-o, --output <file>', 'where to write it, - for standard output (default: <pack>.tar.gz)')
    .addHelpText(
      'after',
      '\nExamples:\n  attune pack archive example\n  attune pack archive example -o - | tar -tz\n  attune pack archive core --digest 0a1b… -o core-before.tar.gz',
    );
  onCall(command, { context, schema }, async ({ words: [ref = ''], options }) => {
    const { digest, json, output: file = `${ref}.tar.gz` } = options;
    const archive = await openArchive(clientFor(context, options), { ref, digest });
    if (file === '-') {
      await pipeline(archive.content, context.output, { end: false });
      return;
    }
    const size = await write(archive, file);
    if (json) printJson(context, { file, bytes: size, digest: archive.digest });
    else context.output.write(`${file}: ${bytes(size)}, digest ${archive.digest}\n`);
  });
}

/** Whole or not at all. @returns its bytes */
async function write({ content }: DownloadedArchive, file: string): Promise<number> {
  const unfinished = `${file}.${randomUUID()}`;
  const target = createWriteStream(unfinished, { flags: 'wx' });
  try {
    await pipeline(Readable.from(content), target);
    await rename(unfinished, file);
    return target.bytesWritten;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new AttuneError('file_not_written', `${file} was not written: ${describeError(error)}`, {
      cause: error,
    });
  }
}
