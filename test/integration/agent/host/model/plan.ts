import type { StartFields } from '../wire.ts';
import { numbersBetween, printNumbers, sizeOfNumbers } from './numbers.ts';

/** What a job does with its life, and whether it ends by itself. */
const kinds = {
  prints: { ends: true },
  echoes: { ends: true },
  leavesSomething: { ends: true },
  stays: { ends: false },
  ignoresTerm: { ends: false },
  printsForEver: { ends: false },
  isMissing: { ends: false },
} as const;
export type Kind = keyof typeof kinds;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object above has these keys, and no others
export const allKinds = Object.keys(kinds) as [Kind, ...Kind[]];

/** A job that is to be started, whose every byte is known beforehand. */
export interface Plan {
  readonly kind: Kind;
  /** Of stdout and stderr. */
  readonly lines: readonly [number, number];
  readonly head: number;
  readonly tail: number;
  readonly credit: bigint;
  /** Milliseconds, 0: none. */
  readonly deadline: number;
  /** Unlike that of any other job. */
  readonly record: Uint8Array;
}

export const exitCodeOfJobs = 3;

export function endsByItself({ kind }: Plan): boolean {
  return kinds[kind].ends;
}

/** Bytes of a stream when the job has done all that it will; `undefined`: never. */
export function sizeOf({ kind, lines }: Plan, stream: 0 | 1): number | undefined {
  if (kind === 'printsForEver') return stream === 0 ? undefined : 0;
  if (kind === 'echoes' && stream === 1) return 0;
  return sizeOfNumbers(lines[stream]);
}

/** The frame's fields. By the token is found what is left. */
export function fieldsOf(plan: Plan, token: string): Partial<StartFields> {
  const { kind, lines, deadline, credit, head, tail, record } = plan;
  return {
    argv: kind === 'isMissing' ? ['/no/such/program'] : ['/bin/sh', '-c', scriptOf(plan)],
    variables: ['PATH=/usr/bin:/bin', `TRIAL=${token}`],
    deadline,
    grace: 20,
    credit,
    head: BigInt(head),
    tail: BigInt(tail),
    record,
    stdin: kind === 'echoes' ? numbersBetween(0, sizeOfNumbers(lines[0])) : new Uint8Array(),
  };
}

function scriptOf({ kind, lines: [out, error] }: Plan): string {
  const print = `${printNumbers(out)}; ${printNumbers(error)} >&2`;
  switch (kind) {
    case 'prints':
      return `${print}; exit ${exitCodeOfJobs}`;
    case 'echoes':
      return `cat; exit ${exitCodeOfJobs}`;
    case 'leavesSomething':
      return `${print}; setsid sleep 60 & exit ${exitCodeOfJobs}`;
    case 'stays':
      return `${print}; exec sleep 60`;
    case 'ignoresTerm':
      return `trap "" TERM; ${print}; exec sleep 60`;
    case 'printsForEver':
      return `exec ${printNumbers(800_000_000_000_000)}`;
    case 'isMissing':
    default:
      return '';
  }
}
