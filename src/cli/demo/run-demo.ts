import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPack } from '../api/endpoints.ts';
import { printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { duration } from '../format/age.ts';
import { paint } from '../format/paint.ts';
import { createBoard } from './board.ts';
import { createCleanups, type Cleanups } from './cleanups.ts';
import { play, type Act } from './play.ts';
import { findDemoFiles } from './project.ts';
import { isAsExpected, resultJson, resultTable } from './report.ts';
import { scenesFor } from './scenes.ts';
import { openStage } from './stage.ts';

export interface DemoOptions {
  readonly json: boolean;
  /** Leave it running until Ctrl-C. */
  readonly keep: boolean;
  readonly amqpUrl: string | undefined;
  /** Path of the sealed agent, where it is not `dist/attune-agent`. */
  readonly agent: string | undefined;
}

/**
 * Starts a whole Attune, shows it at work, and takes everything away again, also on Ctrl-C and when a part fails.
 * @returns 0 exactly if every execution is in the state that it must end in
 */
export async function runDemo(context: Context, options: DemoOptions): Promise<number> {
  const interrupted = new AbortController();
  const restore = context.onInterrupt(() => {
    if (!interrupted.signal.aborted) context.errors.write('\nStopping …\n');
    interrupted.abort();
  });
  const over = new AbortController();
  const cleanups = createCleanups();
  try {
    const signal = AbortSignal.any([interrupted.signal, over.signal]);
    return await show(context, options, { cleanups, signal });
  } catch (error) {
    if (interrupted.signal.aborted) return exitStatus.interrupted;
    throw error;
  } finally {
    // Nobody waits for answers any more.
    over.abort();
    for (const failure of await cleanups.run())
      context.errors.write(`${paint(context.errors, 'yellow', 'warning:')} not taken away: ${failure}\n`);
    restore();
  }
}

interface Run {
  readonly cleanups: Cleanups;
  readonly signal: AbortSignal;
}

async function show(context: Context, options: DemoOptions, { cleanups, signal }: Run): Promise<number> {
  const files = await findDemoFiles(context.command[1], options.agent);
  const started = performance.now();
  const { client, worker, collapsed } = await openStage(
    {
      folder: await temporaryFolder(cleanups),
      files,
      command: context.command,
      amqpUrl: options.amqpUrl,
      environment: context.environment,
      signal,
      onReady: (part) => sayReady(context, part, performance.now() - started),
    },
    cleanups,
  );
  for (const pack of files.packs) {
    const { ref, actions } = await registerPack(client, pack);
    sayReady(context, `pack ${ref} with ${actions.length} actions`, performance.now() - started);
  }
  const board = createBoard(context.errors);
  const scenes = scenesFor(worker.capabilities.runtimes);
  const acts = await Promise.race([collapsed, play(client, scenes, signal, (now) => board.show(now))]);
  report(context, options, client.url, acts);
  if (options.keep) await keep(context, client.url, signal, collapsed);
  return isAsExpected(acts) ? exitStatus.ok : exitStatus.failed;
}

/** Others may pass through it: as root, PostgreSQL runs under another account. */
async function temporaryFolder(cleanups: Cleanups): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-demo-'));
  cleanups.add('temporary folder', () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await chmod(folder, 0o711);
  return folder;
}

function sayReady({ errors }: Context, part: string, milliseconds: number): void {
  errors.write(
    `${paint(errors, 'green', '✔')} ${part} ${paint(errors, 'gray', `(${duration(milliseconds)})`)}\n`,
  );
}

function report(context: Context, { json }: DemoOptions, url: string, acts: readonly Act[]): void {
  if (json) return printJson(context, resultJson(url, acts));
  context.output.write(`\n${resultTable(context, acts)}\n`);
  const verdict = isAsExpected(acts)
    ? paint(context.output, 'green', 'Every execution ended as it should.')
    : paint(context.output, 'red', 'Not every execution ended as it should.');
  context.output.write(`${verdict}\n`);
}

async function keep(
  { errors }: Context,
  url: string,
  signal: AbortSignal,
  collapsed: Promise<never>,
): Promise<void> {
  errors.write(`
It stays until Ctrl-C:
  API            ${url}/api/v1
  its reference  ${url}/docs
  metrics        ${url}/metrics
  try            attune --api-url ${url} run example.primes -f
`);
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  if (!signal.aborted) await Promise.race([stopped, collapsed]);
}
