import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { testEvent, type TestEvent } from '../../contract/pack-test.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { findAgent } from '../agent-program.ts';
import { parseJson } from '../api/json.ts';
import type { Context } from '../context.ts';

export interface TestRun {
  readonly folder: string;
  /** Only tests with this text in their name, or in that of their action. */
  readonly only: string | undefined;
  /** Path of the agent's file, where it is not the usual one. */
  readonly agent: string | undefined;
}

/**
 * Runs the tests of a pack by the agent of this machine. What the agent has to say beside events goes to `context.errors`.
 * @param onEvent hears what happens, as it happens
 * @returns the agent's exit code: 0, or 1 where a test failed
 * @throws AttuneError `agent_missing`, `agent_failed`
 */
export async function runTests(
  { folder, only, agent }: TestRun,
  context: Pick<Context, 'command' | 'environment' | 'errors' | 'onInterrupt'>,
  onEvent: (event: TestEvent) => void,
): Promise<number> {
  const [program, ...words] = await findAgent(context, agent);
  const choice = only === undefined ? [] : [`--only=${only}`];
  // A group of its own: Ctrl-C at the terminal comes to it from us alone, as a second one would kill without grace.
  const child = spawn(program, [...words, 'test', ...choice, '--', folder], {
    env: context.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(child, program);
  const restore = context.onInterrupt((signal) => void child.kill(signal));
  child.stderr.pipe(context.errors, { end: false });
  try {
    for await (const line of createInterface(child.stdout)) onEvent(readEvent(line));
    return await ended;
  } finally {
    restore();
    // An agent that we do not listen to any more ends what it runs.
    child.stdout.destroy();
  }
}

/** Rejects with `agent_failed` where it could not be started, or was killed. */
function endOf(child: ChildProcess, program: string): Promise<number> {
  const ended = new Promise<number>((resolve, reject) => {
    const fail = (reason: string): void => reject(new AttuneError('agent_failed', `${program} ${reason}`));
    child.once('error', (error) => fail(`can't be started: ${describeError(error)}`));
    child.once('close', (code, signal) =>
      code === null ? fail(`was ended by ${String(signal)}`) : resolve(code),
    );
  });
  // It is looked at after the last event.
  ended.catch(() => undefined);
  return ended;
}

function readEvent(line: string): TestEvent {
  const event = testEvent.safeParse(parseJson(line));
  if (event.success) return event.data;
  throw new AttuneError(
    'agent_failed',
    'The agent speaks of tests in other words than expected: is it of this version?',
  );
}
