import { join } from 'node:path';
import { execa } from 'execa';

/** The agent out of the sources, as a command. */
export const sourceAgent: readonly [string, ...string[]] = [
  process.execPath,
  join(import.meta.dirname, '../../src/agent/main.ts'),
];

/** A command of an agent as it ended. */
export interface Tried {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** To work in. */
  readonly folder?: string;
}

/** Runs an agent's command to its end, with nothing in its environment but PATH and what is given. */
export async function runAgentCommand(
  [program, ...args]: readonly [string, ...string[]],
  words: readonly string[],
  { environment = {}, input = '', folder = process.cwd() }: Given = {},
): Promise<Tried> {
  const { exitCode, stdout, stderr } = await execa(program, [...args, ...words], {
    env: { PATH: process.env['PATH'], ...environment },
    cwd: folder,
    extendEnv: false,
    input,
    reject: false,
    stripFinalNewline: false,
  });
  return { status: exitCode, stdout, stderr };
}
