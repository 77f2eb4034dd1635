import { readFileSync, readdirSync } from 'node:fs';

import type { TestAgent } from '../agent.ts';

/** Ends the agent, or lets it hang where its supervisor looks after that, and waits until the next one works. */
export async function replaceAgent(agent: TestAgent, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  const next = agent.lines.filter((line) => line.includes('"consuming"')).length + 1;
  signalAgent(agent, signal);
  await agent.says('"consuming"', next);
}

/** Does something while the agent sees nothing of it, and never will: another one must. */
export async function withoutAgent(agent: TestAgent, task: () => Promise<unknown>): Promise<void> {
  signalAgent(agent, 'SIGSTOP');
  await task();
  signalAgent(agent, 'SIGKILL');
}

/** To the agent itself, past its supervisor. */
export function signalAgent({ process: { pid: supervisor = 0 } }: TestAgent, signal: NodeJS.Signals): void {
  const agent = agentBelow(supervisor);
  if (agent === undefined) throw new Error('there is no agent now');
  process.kill(agent, signal);
}

/** The child of a supervisor that leads a process group and yet has not left the session: neither a job nor what an agent has left. */
export function agentBelow(supervisor: number): number | undefined {
  const session = statOf(supervisor).at(3);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
    .find((pid) => {
      const [, parent, group, itsSession] = statOf(pid);
      return parent === supervisor && group === pid && itsSession === session;
    });
}

/** State (as NaN), parent, process group and session; nothing where the process is gone. */
function statOf(pid: number): number[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ', 4)
      .map(Number);
  } catch {
    return [];
  }
}
