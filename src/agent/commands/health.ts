import { parseArgs } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { askAt } from '../health/health-socket.ts';
import { findSocketNames } from '../health/socket-names.ts';

/** Milliseconds that an agent may take to answer. */
const patience = 2000;

export interface HealthAnswer {
  /** 0 when every agent of this container is well, else 1. */
  readonly code: number;
  /** One line. */
  readonly text: string;
}

/**
 * `health`: asks the agents of this container whether they can take executions; with `--live`, only whether they answer.
 * @throws AttuneError `invalid_arguments`
 */
export async function healthCommand(argv: readonly string[]): Promise<HealthAnswer> {
  const { live, json } = readOptions(argv);
  const answers = await Promise.all(findSocketNames().map((name) => askAt(name, patience)));
  const unwell = answers.filter((answer) => !(live ? answer.live : answer.ready));
  const healthy = answers.length > 0 && unwell.length === 0;
  const reasons = (healthy ? answers : unwell).map(({ reason }) => reason);
  const text = reasons.length === 0 ? 'no agent runs in this container' : reasons.join('; ');
  return {
    code: healthy ? 0 : 1,
    text: json
      ? JSON.stringify({ healthy, agents: answers })
      : `${healthy ? 'healthy' : 'unhealthy'}: ${text}`,
  };
}

function readOptions(argv: readonly string[]): { readonly live: boolean; readonly json: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...argv], options: { live: flag, json: flag } }).values;
  } catch (error) {
    throw new AttuneError('invalid_arguments', `${describeError(error)}. See attune-agent --help`, {
      cause: error,
    });
  }
}
