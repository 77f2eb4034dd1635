import Table from 'cli-table3';
import type { Figures } from './measure.ts';
import type { Costs } from './profile.ts';

export function figuresTable(roads: Readonly<Record<string, Figures>>): string {
  const figures = Object.values(roads);
  const row = (label: string, show: (figure: Figures) => string) => [label, ...figures.map(show)];
  const drawn = emptyTable(roads);
  drawn.push(
    row(
      'agent: first line / consuming',
      (f) => `${milliseconds(f.first_line_ms)} / ${milliseconds(f.consuming_ms)}`,
    ),
    row(
      'agent at rest / under 100 MB of logs (Pss)',
      (f) => `${megabytes(f.rest_pss_mb)} / ${megabytes(f.loud_pss_mb)}`,
    ),
    row(
      'request → first instruction of the job, p50 / p95',
      (f) => `${milliseconds(f.first_instruction_p50_ms)} / ${milliseconds(f.first_instruction_p95_ms)}`,
    ),
    row('… of which a bare spawn takes', (f) => milliseconds(f.bare_first_instruction_p50_ms)),
    row('… so request → spawn', (f) =>
      milliseconds(f.first_instruction_p50_ms - f.bare_first_instruction_p50_ms),
    ),
    row(
      'request → result, p50 / p95',
      (f) => `${milliseconds(f.result_p50_ms)} / ${milliseconds(f.result_p95_ms)}`,
    ),
    row(
      'the same beside a job that floods, p50',
      (f) => `${milliseconds(f.result_beside_flood_p50_ms)} (${f.flood_mb_per_second.toFixed(0)} MB/s)`,
    ),
    row(
      'request → result in a built environment / without one, p50',
      (f) => `${milliseconds(f.built_environment_p50_ms)} / ${milliseconds(f.no_environment_p50_ms)}`,
    ),
    row('no-op executions a second', (f) => f.executions_per_second.toFixed(0)),
    row('… of a bare spawn loop', (f) => f.bare_per_second.toFixed(0)),
    row('… share', (f) => `${((100 * f.executions_per_second) / f.bare_per_second).toFixed(0)} %`),
    row('40 light Python actions', (f) => `${f.python_40_seconds.toFixed(2)} s`),
  );
  return drawn.toString();
}

/** Milliseconds of CPU by the part of the system that spent them, what costs most on top. */
export function costsTable(roads: Readonly<Record<string, Costs>>): string {
  const costs = Object.values(roads);
  const first = costs[0]?.cpu_ms ?? {};
  const parts = [...new Set(costs.flatMap(({ cpu_ms }) => Object.keys(cpu_ms)))].toSorted(
    (one, other) => (first[other] ?? 0) - (first[one] ?? 0),
  );
  const drawn = emptyTable(roads);
  for (const part of parts) drawn.push([part, ...costs.map(({ cpu_ms }) => digits(cpu_ms[part] ?? 0))]);
  const sums = costs.map(({ cpu_ms }) => Object.values(cpu_ms).reduce((sum, used) => sum + used, 0));
  drawn.push(['CPU of one execution, ms', ...sums.map(digits)]);
  drawn.push(['executions a second', ...costs.map(({ per_second }) => per_second.toFixed(0))]);
  return drawn.toString();
}

function emptyTable(roads: object) {
  return new Table({ head: ['what', ...Object.keys(roads)], style: { head: [], border: [] } });
}

function digits(value: number): string {
  return value.toFixed(2);
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function megabytes(value: number | undefined): string {
  return value === undefined ? 'unknown' : `${value.toFixed(0)} MB`;
}
