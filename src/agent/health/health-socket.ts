import { connect, createServer } from 'node:net';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { HealthReport } from './health.ts';

/** Answers everybody who asks at a socket, as long as this process works. Where it can't be had, only a line is logged. */
export function answerAt(name: string, report: () => HealthReport, logger: Logger): void {
  const server = createServer((socket) => {
    // Who asks may be gone before the answer.
    socket.on('error', () => undefined);
    socket.end(`${JSON.stringify(report())}\n`);
  });
  server.on('error', (error) =>
    logger.warn({ reason: describeError(error) }, 'attune-agent health will find no agent here'),
  );
  server.listen(name).unref();
}

/** Asks an agent. One that does not answer in time is not ready. Never rejects. */
export async function askAt(name: string, milliseconds: number): Promise<HealthReport & { live: boolean }> {
  try {
    return { live: true, ...parseReport(await readAll(name, milliseconds)) };
  } catch (error) {
    return { live: false, ready: false, reason: `an agent does not answer: ${describeError(error)}` };
  }
}

function readAll(name: string, milliseconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(name).setEncoding('utf8');
    socket.setTimeout(milliseconds, () =>
      socket.destroy(new Error(`not within ${milliseconds / 1000} s, so it hangs or has no CPU time`)),
    );
    socket.on('data', (chunk: string) => (text += chunk));
    socket.once('end', () => resolve(text)).once('error', reject);
  });
}

/** By hand: a probe comes every few seconds, and must not load a library for two values. */
function parseReport(text: string): HealthReport {
  const report: unknown = JSON.parse(text);
  if (typeof report !== 'object' || report === null || !('ready' in report) || !('reason' in report))
    throw new Error('not in words that this version knows');
  return { ready: report.ready === true, reason: String(report.reason) };
}
