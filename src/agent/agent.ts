import { AttuneError } from '../shared/errors.ts';
import { runPhases } from '../shared/shutdown.ts';
import { patiently, workSession, type AgentParts, type SessionEnd } from './session.ts';
import { deliverLeftovers } from './spool/deliver-leftovers.ts';
import { aborted } from './stop/ladder.ts';

/** The seconds that closing may take. */
const closeSeconds = 5;

/**
 * The life of a worker: connect, deliver what an earlier agent left, register, consume; in the end drain, cancel, close.
 * @returns the exit code: 0 when everything ended as it should
 * @throws AttuneError when it could not start
 */
export async function runAgent(parts: AgentParts): Promise<number> {
  try {
    const end = await work(parts);
    const failed = await runPhases(
      [{ name: 'close', seconds: closeSeconds, run: () => close(parts) }],
      parts.logger,
    );
    return end === 'stop' && failed.length === 0 ? 0 : 1;
  } catch (error) {
    // Whatever went wrong, no process stays.
    await parts.host.close();
    throw error;
  }
}

async function work(parts: AgentParts): Promise<SessionEnd> {
  const { attempts, delivery, link, stop, succession } = parts;
  await patiently(() => link.connect(), parts);
  await Promise.race([deliverLeftovers(delivery), aborted(stop.drain)]);
  const prepared = parts.prepare(stop.drain);
  if (succession.predecessor === undefined) await prepared;
  link.onCancel((execution) => attempts.cancel(execution));
  let end: SessionEnd;
  do end = await workSession(parts);
  while (end === 'lost');
  return end;
}

async function close({ host, link }: AgentParts): Promise<void> {
  await host.close();
  await link.close();
}

/** The error of a stop that came before the worker was ready. */
export function isStoppedEarly(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && !(error instanceof AttuneError);
}
