import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame } from '../../../../../src/agent/host/supervised/frames.ts';
import { encodeHello, MessageType } from '../../../../../src/agent/host/supervised/messages.ts';
import type { RawAgent } from '../raw-agent.ts';
import { noHurry } from '../supervised.ts';
import { startFrame } from '../wire.ts';

/** What a stage can do to an agent. */
export type Kill = (agent: RawAgent) => void;

/** How an agent comes to its end. */
export const endings = {
  isKilled: (agent: RawAgent, kill: Kill) => kill(agent),
  hangsUp: (agent: RawAgent) => agent.end(),
  talksNonsense: (agent: RawAgent) => agent.say(encodeFrame(99, 0)),
  /** All that comes after the nonsense is nonsense too. */
  ravesOn: (agent: RawAgent) => agent.say(encodeFrame(99, 0), startFrame(6), startFrame(7)),
  greetsTwice: (agent: RawAgent) => agent.say(encodeHello(noHurry)),
  notesTooMuch: (agent: RawAgent) => agent.say(encodeFrame(MessageType.note, 0, Buffer.alloc(4097))),
  breaksOff: async (agent: RawAgent, kill: Kill) => {
    agent.say(startFrame(0).subarray(0, 50));
    await delay(5);
    kill(agent);
  },
} as const;
export type Ending = keyof typeof endings;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object above has these keys, and no others
export const allEndings = Object.keys(endings) as [Ending, ...Ending[]];

/** What an agent does that comes and goes without having heard or said anything of importance. */
export const interludes = {
  nobody: undefined,
  isStillborn: (agent: RawAgent, kill: Kill) => kill(agent),
  forgetsToGreet: (agent: RawAgent) => agent.say(encodeFrame(MessageType.ping, 0)),
  onlyGreets: async (agent: RawAgent, kill: Kill) => {
    agent.say(encodeHello(noHurry));
    await delay(Math.random() * 10);
    kill(agent);
  },
} as const;
export type Interlude = keyof typeof interludes;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object above has these keys, and no others
export const allInterludes = Object.keys(interludes) as [Interlude, ...Interlude[]];
