import type { DetectedRuntime } from '../../contract/capability.ts';
import type { ExecutionState } from '../../contract/execution-state.ts';
import type { JsonObject } from '../../contract/parameter-schema.ts';
import { inVersionRange } from '../../contract/version-range.ts';
import { compare } from 'semver';

/** One execution of the demo, and how it must end. */
export interface Scene {
  readonly action: string;
  readonly runtime: string;
  /** The version that runs it: null where none can be told. */
  readonly version: string | null;
  readonly parameters: JsonObject;
  readonly expected: ExecutionState;
  /** Cancel it when its stdout holds this. */
  readonly cancelAfter?: string;
}

/** An action of the example packs that shows a runtime at work. */
interface Showpiece {
  readonly action: string;
  readonly runtime: string;
  readonly range?: string;
}

/** Those that compile or install libraries come first, because they take longest. */
const showpieces: readonly Showpiece[] = [
  { action: 'example.checksum', runtime: 'go' },
  { action: 'example.fibonacci', runtime: 'java', range: '>=11' },
  { action: 'libraries.duration', runtime: 'node', range: '>=22' },
  { action: 'libraries.duration_older_node', runtime: 'node', range: '>=14 <22' },
  { action: 'example.regression', runtime: 'r' },
  { action: 'example.statistics', runtime: 'python' },
  { action: 'example.word_frequencies', runtime: 'node' },
  { action: 'example.primes', runtime: 'ruby' },
  { action: 'example.parse_log', runtime: 'perl' },
  { action: 'example.folder_summary', runtime: 'shell' },
];

/** One scene for each runtime that the worker has, and one for each way in which an execution can end. */
export function scenesFor(runtimes: readonly DetectedRuntime[]): Scene[] {
  const shown = showpieces.flatMap(({ action, runtime, range }): Scene[] => {
    const found = chosen(runtimes, runtime, range);
    if (found === undefined) return [];
    return [{ action, runtime, version: found.version ?? null, parameters: {}, expected: 'completed' }];
  });
  const shell = { runtime: 'shell', version: chosen(runtimes, 'shell')?.version ?? null, parameters: {} };
  return [
    ...shown,
    {
      ...shell,
      action: 'example.greet_secretly',
      parameters: { token: 'the-demo-s-secret' },
      expected: 'completed',
    },
    { ...shell, action: 'example.fail', expected: 'failed' },
    { ...shell, action: 'example.sleep_forever', expected: 'timeout' },
    { ...shell, action: 'example.forks', expected: 'cancelled', cancelAfter: 'children are running' },
    {
      action: 'example.needs_erlang',
      runtime: 'erlang',
      version: null,
      parameters: {},
      expected: 'requested',
    },
  ];
}

/** As the agent chooses: its default where no range is asked for, else the highest version in the range. */
function chosen(
  runtimes: readonly DetectedRuntime[],
  name: string,
  range?: string,
): DetectedRuntime | undefined {
  const offered = runtimes.filter((runtime) => runtime.name === name);
  if (range === undefined) return offered[0];
  return offered
    .filter(({ version }) => inVersionRange(version, range))
    .toSorted((a, b) => compare(b.version ?? '', a.version ?? ''))[0];
}
