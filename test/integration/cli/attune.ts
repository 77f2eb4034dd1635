import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { agentSettings } from '../../../src/agent/settings.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { start } from '../../../src/server/main.ts';
import { serverSettings } from '../../../src/server/settings.ts';

const main = join(import.meta.dirname, '../../../src/cli/main.ts');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Circumstances {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the command to its end, in this process. */
export async function attune(
  words: readonly string[],
  { environment = {}, input = '' }: Circumstances = {},
): Promise<Ended> {
  const output = new PassThrough();
  const errors = new PassThrough();
  const said = Promise.all([text(output), text(errors)]);
  let status: number | null = null;
  await runProgram(words, {
    command: [process.execPath, main],
    environment,
    input: Readable.from([input]),
    output,
    errors,
    onInterrupt: () => () => undefined,
    setExitStatus: (value) => void (status = value),
    parts: {
      settings: () => Promise.resolve({ server: serverSettings, agent: agentSettings }),
      startServer: start,
    },
  });
  output.end();
  errors.end();
  const [stdout, stderr] = await said;
  return { status, stdout, stderr };
}

/** Starts the command as a user does, from the sources, with nothing in its environment but what is given. */
export function startAttune(
  words: readonly string[],
  { environment = {}, input = '' }: Circumstances = {},
): Started {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr]) => ({ status: child.exitCode, stdout, stderr }),
  );
  return { process: child, ended };
}
