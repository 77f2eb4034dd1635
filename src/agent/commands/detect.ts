import type { DetectedRuntime } from '../../contract/capability.ts';
import { readConfiguration } from '../../shared/config/read.ts';
import { containerHints, detect, type DetectOptions } from '../detect/detect.ts';
import type { Environment } from '../detect/environment.ts';
import { agentSettings } from '../settings.ts';
import { readArguments } from '../start/arguments.ts';
import { alignColumns } from './columns.ts';

/** `detect`, with the flags and variables that change what is advertised. */
export function detectCommand(argv: readonly string[], environment: Environment): Promise<string> {
  const { flags, file, json } = readArguments(argv, agentSettings);
  const { workerRuntimes } = readConfiguration(agentSettings, { flags, environment, file });
  const hints = containerHints();
  const options = { environment, hints, runtimes: workerRuntimes, ignored: [process.execPath] };
  return json ? detectJson(options) : detectText(options);
}

/** `detect`: what this container can do, as a table for people. */
export async function detectText(options: DetectOptions): Promise<string> {
  const { runtimes, container, warnings } = await detect(options);
  const facts = [
    ['architecture', container.architecture],
    ['libc', container.libc ?? ''],
    ['distribution', container.distribution ?? '-'],
    ['cpus', String(container.cpus)],
    ['memory', `${(container.memory_bytes / 2 ** 30).toFixed(1)} GiB`],
    ['gpus', container.gpus.join(', ') || '-'],
  ];
  return [
    ...alignColumns([['RUNTIME', 'VERSION', 'PATH'], ...runtimes.map(toRow)]),
    '',
    ...alignColumns(facts),
    ...warnings.map((warning) => `\nwarning: ${warning}`),
  ].join('\n');
}

/** `detect --json`: the same for programs, in the names of the worker API. */
export async function detectJson(options: DetectOptions): Promise<string> {
  const { runtimes, container, warnings } = await detect(options);
  return JSON.stringify({ runtimes, ...container, warnings }, null, 2);
}

function toRow({ name, version = '-', path = '-' }: DetectedRuntime): string[] {
  return [name, version, path];
}
