import { createContext, Script, type Context } from 'node:vm';

/** Far beyond what a sensible pattern needs, and short enough for other requests to wait. */
const limitMilliseconds = 100;

/**
 * Runs a check with a deadline: a pattern such as `^(a+)+$` may take ages on hostile text, and would hold up every
 * other request. Only `vm` can interrupt a regular expression; it costs some 0.1 ms, so only schemas with patterns pay.
 * @returns the guard; it answers `undefined` where the time was over
 */
export function createPatternGuard(): <Result>(check: () => Result) => Result | undefined {
  const script = new Script('run()');
  const context: Context = createContext({});
  return (check) => {
    let result: ReturnType<typeof check> | undefined;
    context['run'] = () => {
      result = check();
    };
    const begin = process.cpuUsage();
    // On a busy machine, most of the time may be that of others: only what was used counts.
    do {
      try {
        script.runInContext(context, { timeout: limitMilliseconds });
        return result;
      } catch (error) {
        if (!isTimeout(error)) throw error;
      }
    } while (usedMilliseconds(begin) < limitMilliseconds / 2);
    return undefined;
  };
}

/** How long this process has computed since `begin`. */
function usedMilliseconds(begin: NodeJS.CpuUsage): number {
  const { system, user } = process.cpuUsage(begin);
  return (system + user) / 1000;
}

/** The error is born in the other context: it is no instance of our Error. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === timeoutCode;
}

const timeoutCode = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
