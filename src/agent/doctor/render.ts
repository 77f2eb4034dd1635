import { styleText } from 'node:util';
import { statuses, type Finding, type Status } from './finding.ts';

const colours = { ok: 'green', warning: 'yellow', failure: 'red' } as const;

/** Aligned lines, one for each finding, and one that counts them. */
export function renderFindings(
  findings: readonly Finding[],
  { coloured }: { readonly coloured: boolean },
): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const paint = (status: Status) => {
    const padded = status.padEnd('failure'.length);
    return coloured ? styleText(colours[status], padded, { validateStream: false }) : padded;
  };
  const lines = findings.map(({ status, check, message, fix }) => {
    const text = fix === undefined ? message : `${message}. Fix: ${fix}`;
    return `${paint(status)}  ${check.padEnd(width)}  ${text.replaceAll('\n', ' ')}`;
  });
  const counts = statuses.map(
    (status) => `${findings.filter((each) => each.status === status).length} ${status}`,
  );
  return [...lines, counts.join(', ')].join('\n');
}
