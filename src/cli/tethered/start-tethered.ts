import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

export interface TetheredProgram {
  readonly argv: readonly [string, ...string[]];
  /** What the program gets when the tether is cut: the signal by which it stops in good order. */
  readonly stopSignal: 'INT' | 'TERM';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** File descriptor that takes the program's stdout and stderr. */
  readonly output: number;
  /** Whom to run it as, where we are root and it must not be. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface TetheredProcess {
  /** Resolves, never rejects, with the exit status when the program is gone: 128 + n after signal n. */
  readonly exited: Promise<number>;
  /** Sends the stop signal and waits; KILLs what is left after `seconds`. */
  stop(seconds: number): Promise<void>;
}

/**
 * Ties a program to our end of its stdin: when that closes, because we ask for it or because we died of whatever cause, the
 * program gets the signal `$1`. The shell leaves a reader behind, which is nobody's child, and becomes the program itself.
 * While the reader lives it keeps the number `$$` from being used again, because its process group has that number.
 */
const tether = `
signal=$1; shift
exec 3<&0 </dev/null
( { read -r _; kill "-$signal" "$$"; } <&3 3<&- >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/**
 * Starts a program that can't outlive us, even if we are KILLed. It has a session of its own, so that Ctrl-C at the
 * terminal reaches us alone and we stop things in order.
 */
export function startTethered(program: TetheredProgram): TetheredProcess {
  const child = spawn('/bin/sh', ['-c', tether, 'sh', program.stopSignal, ...program.argv], {
    ...program.account,
    env: program.environment,
    cwd: '/',
    detached: true,
    stdio: ['pipe', program.output, program.output],
  });
  const exited = exitStatus(child);
  // A reader that died before us breaks the pipe, which says no more than `exited` does.
  child.stdin?.on('error', () => undefined);
  return {
    exited,
    async stop(seconds) {
      child.stdin?.end();
      const deadline = new AbortController();
      const late = delay(seconds * 1000, undefined, { signal: deadline.signal }).then(
        () => killGroup(child),
        () => undefined,
      );
      await exited;
      deadline.abort();
      await late;
    },
  };
}

/** The reader of the tether goes with its program. */
function exitStatus(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => {
      killGroup(child);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone: what we wanted.
  }
}
