import { readFileSync } from 'node:fs';

import type { TestAgent } from '../agent.ts';
import { descendantsOf } from '../processes.ts';
import { agentFile } from './agent.ts';

/** The agent that works below its supervisor now, by its number. */
export function agentOf({ process: { pid: supervisor = 0 } }: TestAgent): number {
  const agents = descendantsOf(supervisor).filter(({ pid, state }) => state !== 'Z' && isAgent(pid));
  const [agent] = agents;
  if (agent === undefined) throw new Error('there is no agent now');
  return agent.pid;
}

/** Ends the agent, or lets it hang where its supervisor looks after that, and waits until the next one works. */
export async function replaceAgent(agent: TestAgent, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  const next = agent.lines.filter((line) => line.includes('"consuming"')).length + 1;
  process.kill(agentOf(agent), signal);
  await agent.says('"consuming"', next);
}

/** Does something while the agent sees nothing of it, and never will: another one must. */
export async function withoutAgent(agent: TestAgent, task: () => Promise<unknown>): Promise<void> {
  process.kill(agentOf(agent), 'SIGSTOP');
  await task();
  process.kill(agentOf(agent), 'SIGKILL');
}

function isAgent(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0', 1)[0] === agentFile;
}
