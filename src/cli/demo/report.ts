import type { ExecutionView } from '../../contract/api/execution.ts';
import type { Context } from '../context.ts';
import { endText, queuedMilliseconds } from '../format/execution.ts';
import { paint, paintState } from '../format/paint.ts';
import { plain, table } from '../format/table.ts';
import type { Act } from './play.ts';

/** Longer results are cut: the table is to be seen at a glance. */
const longestResult = 60;

/** Whether every execution is in the state that its scene must end in. */
export function isAsExpected(acts: readonly Act[]): boolean {
  return acts.every(({ scene, execution }) => execution.state === scene.expected);
}

/** Runtime, version, state, times and result of every execution. */
export function resultTable({ output }: Pick<Context, 'output'>, acts: readonly Act[]): string {
  return table(
    ['id', 'action', 'runtime', 'version', 'state', 'queued ms', 'run ms', 'result'],
    acts.map(({ scene, execution }) => [
      String(execution.id),
      execution.action,
      scene.runtime,
      scene.version ?? '-',
      stateText(output, { scene, execution }),
      execution.started === null ? '-' : String(queuedMilliseconds(execution, new Date())),
      runText(execution),
      resultText(execution),
    ]),
  );
}

/** The same for programs. */
export function resultJson(url: string, acts: readonly Act[]): unknown {
  return {
    url,
    as_expected: isAsExpected(acts),
    executions: acts.map(({ scene, execution }) => ({
      runtime: scene.runtime,
      version: scene.version,
      expected: scene.expected,
      queued_ms: execution.started === null ? null : queuedMilliseconds(execution, new Date()),
      run_ms: execution.result?.duration_ms ?? null,
      execution,
    })),
  };
}

function stateText(output: Context['output'], { scene, execution }: Act): string {
  const state = paintState(output, execution.state);
  return execution.state === scene.expected
    ? state
    : `${state} ${paint(output, 'red', `(not ${scene.expected})`)}`;
}

function runText({ started, result }: ExecutionView): string {
  return started === null || result === null ? '-' : String(Math.round(result.duration_ms));
}

function resultText(execution: ExecutionView): string {
  const { result, waiting_reason: reason } = execution;
  const data = result?.data ?? null;
  const text = data === null ? plain(reason ?? '') || endText(execution) : plain(JSON.stringify(data));
  return text.length > longestResult ? `${text.slice(0, longestResult - 1)}…` : text || '-';
}
