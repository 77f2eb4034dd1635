import { onTestFinished } from 'vitest';
import { encodeFrame } from '../../../../src/agent/host/supervised/frames.ts';
import { decodeReport, encodeHello, MessageType } from '../../../../src/agent/host/supervised/messages.ts';
import type { JobExit } from '../../../../src/agent/host/process-host.ts';
import { startInit, startPlayedInit, type Init, type PlayedAgent, type PlayedInit } from './init.ts';
import type { RawAgent } from './raw-agent.ts';
import { noHurry } from './supervised.ts';
import { creditFrame, startFrame, type StartFields } from './wire.ts';

/** For longer than any test. */
export const sleeper = ['/bin/sleep', '600'] as const;
/** Says that it is ready when it can't be asked to end any more. */
export const stubborn = ['/bin/sh', '-c', 'trap "" TERM; echo ready; sleep 600; sleep 600'] as const;

/** A supervisor whose agents the test plays; both are gone after the test. */
export async function initOfTest(supervisor: string, exitCode = 0): Promise<PlayedInit> {
  const init = await startPlayedInit(supervisor, exitCode);
  onTestFinished(() => init[Symbol.asyncDispose]());
  return init;
}

/** A supervisor whose agents are as a shell script says. `$hello` is a command that says HELLO. Both are gone after the test. */
export function scriptedInitOfTest(
  supervisor: string,
  script: string,
  umbrella: readonly string[] = [],
): Init {
  const init = startInit(supervisor, ['/bin/sh', '-c', `${helloCommand}\n${script}`], umbrella);
  onTestFinished(() => init[Symbol.asyncDispose]());
  return init;
}

const helloCommand = `hello() { ${printCommand(encodeHello(noHurry))} >&3; }`;

/** A command of a shell that prints these bytes. */
export function printCommand(bytes: Buffer): string {
  const digits = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `printf '${digits.join('')}'`;
}

/** The next agent, when it has greeted and heard the greeting. */
export async function nextAgent(init: PlayedInit, patience = noHurry): Promise<PlayedAgent> {
  const agent = await init.nextAgent();
  await greet(agent, patience);
  return agent;
}

export async function greet(agent: RawAgent, patience = noHurry): Promise<void> {
  agent.say(encodeHello(patience));
  await agent.hearsOf(0, MessageType.greeting);
}

/** Starts a job and returns its process id. */
export async function startJob(agent: RawAgent, slot: number, fields: Partial<StartFields>): Promise<number> {
  agent.say(startFrame(slot, fields));
  const { payload } = await agent.hearsOf(slot, MessageType.started);
  return payload.readUInt32LE(0);
}

/** Starts a job that never ends by itself and does not mind TERM; returns its process id when it is so far. */
export async function startStubborn(agent: RawAgent, slot: number): Promise<number> {
  const pid = await startJob(agent, slot, { argv: stubborn, grace: 600_000 });
  await agent.until(() => agent.outputOf(slot, 0).length > 0 || undefined);
  return pid;
}

/** The end of a job. */
export async function reportOf(agent: RawAgent, slot: number): Promise<JobExit> {
  const { payload } = await agent.hearsOf(slot, MessageType.exited);
  return decodeReport(payload);
}

/** As much of its output as there is. */
export function askForOutput(agent: RawAgent, slot: number): void {
  for (const stream of [0, 1]) agent.say(creditFrame(slot, stream, 0xff_ff_ff_ff));
}

export function sayOf(agent: RawAgent, slot: number, type: number): void {
  agent.say(encodeFrame(type, slot));
}

/** Which jobs were handed to it, by their slots. */
export function handedTo(agent: RawAgent): number[] {
  return agent.heard.filter(({ type }) => type === MessageType.handed).map(({ slot }) => slot);
}
