import { access, constants } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AttuneError } from '../shared/errors.ts';
import type { Context } from './context.ts';

/** How to start a program: its path, and what comes before its own arguments. */
export type Program = readonly [string, ...string[]];

/**
 * The agent for work on this machine: the file that is named, or the one beside this command; the sources where this command runs out
 * of them.
 * @throws AttuneError `agent_missing`
 */
export async function findAgent(
  { command }: Pick<Context, 'command'>,
  file: string | undefined,
): Promise<Program> {
  const [node, main] = command;
  if (file === undefined && main.endsWith('.ts')) return [node, join(dirname(main), '../agent/main.ts')];
  const agent = file === undefined ? join(dirname(main), 'attune-agent') : resolve(file);
  if (await isExecutable(agent)) return [agent];
  throw new AttuneError(
    'agent_missing',
    `There is no agent at ${agent} that this machine can run: "npm run build" makes it, on Linux with glibc; --agent names another one`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
