import { spawn, type ChildProcess } from 'node:child_process';
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
 * The shell that holds the program: when our end of its stdin closes, because we ask for it or because we died of
 * whatever cause, it sends the stop signal. `$1` is that signal.
 */
const keeper = `
signal=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- & program=$!
{ read -r _; kill "-$signal" "$program"; } <&3 2>/dev/null & tether=$!
exec 3<&-
wait "$program"; status=$?
kill "$tether" 2>/dev/null
exit "$status"
`;

/**
 * Starts a program that can't outlive us, even if we are KILLed. It has a session of its own, so that Ctrl-C at the
 * terminal reaches us alone and we stop things in order.
 */
export function startTethered(program: TetheredProgram): TetheredProcess {
  const child = spawn('/bin/sh', ['-c', keeper, 'sh', program.stopSignal, ...program.argv], {
    ...program.account,
    env: program.environment,
    cwd: '/',
    detached: true,
    stdio: ['pipe', program.output, program.output],
  });
  const exited = exitStatus(child);
  // A keeper that died before us breaks the pipe, which says no more than `exited` does.
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

function exitStatus(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 137));
    child.once('error', () => resolve(127));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone: what we wanted.
  }
}
