import type { Command } from 'commander';
import * as z from 'zod';
import { logStream } from '../../contract/outcome.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Client } from '../api/client.ts';
import { readLog, type ReadRequest } from '../api/read-log.ts';
import { clientFor, globalOptions, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { followLogs, type LogReader } from '../follow/follow-logs.ts';
import { jsonReader, textReader } from '../follow/readers.ts';
import { executionNumber } from '../words.ts';

const schema = globalOptions.extend({
  follow: z.boolean().default(false),
  stream: logStream.optional(),
  epoch: z.coerce.number('must be a number').int().min(1).optional(),
});

export function defineLogs(command: Command, context: Context): void {
  command
    .description('print the log of an execution: its stdout to stdout, its stderr to stderr')
    .argument('<execution>', 'its number')
    .option('-f, --follow', 'go on until the execution has ended')
    .option('--stream <stream>', 'only stdout, or only stderr')
    .option('--epoch <epoch>', 'of an earlier try, as "attempts" lists them (default: the last one)')
    .addHelpText('after', afterHelp);
  onCall(command, { context, schema }, async ({ words: [word], options }) => {
    const client = clientFor(context, options);
    const streams = options.stream === undefined ? logStream.options : [options.stream];
    const request = { execution: executionNumber(word), streams, epoch: options.epoch };
    const reader = options.json ? jsonReader(context.output) : textReader(context.output, context.errors);
    if (options.follow && options.epoch !== undefined) throw notBoth();
    if (options.follow) await followUntilInterrupted(client, request, context, reader);
    else for await (const { stream, run } of readLog(client, request)) await reader.onRun(stream, run);
  });
}

function notBoth(): AttuneError {
  return new AttuneError('invalid_arguments', '--follow is for the last try: leave out --epoch');
}

const afterHelp = `
With --json, every run of bytes is one line of JSON: stream, epoch, offset, end, and text, or base64 where the
bytes are not UTF-8.

Examples:
  attune execution logs 12
  attune execution logs -f 12
  attune execution logs 12 --stream stderr --json`;

/** Ctrl-C ends the following, and nothing else. */
async function followUntilInterrupted(
  client: Client,
  request: ReadRequest,
  context: Context,
  reader: LogReader,
): Promise<void> {
  const leaving = new AbortController();
  const restore = context.onInterrupt(() => leaving.abort());
  try {
    await followLogs(client, { ...request, signal: leaving.signal }, reader);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  } finally {
    restore();
  }
}
