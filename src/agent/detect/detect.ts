import type { DetectedRuntime } from '../../contract/capability.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { Logger } from '../../shared/logger.ts';
import { detectCapabilities, type ContainerCapabilities } from './container/capabilities.ts';
import type { Environment } from './environment.ts';
import { applyHints } from './hints/apply.ts';
import { hintFiles, readHints } from './hints/read.ts';
import { overrideRuntimes, type Overridden } from './override.ts';
import { detectRuntimes, type Refused } from './runtimes.ts';
import { runtimeTemplates } from './templates.ts';

export interface DetectOptions {
  /** Of the container. */
  readonly environment: Environment;
  /** What to look for: `knownTemplates()`. */
  readonly templates: readonly RuntimeDefinition[];
  /** The value of `ATTUNE_WORKER_RUNTIMES`: advertise exactly these. */
  readonly runtimes?: readonly string[] | undefined;
  /** Real paths of files that are no interpreters of the container: the agent's own. */
  readonly ignored?: readonly string[];
  readonly logger?: Logger;
}

/** All that a container can do. */
export interface Detected {
  readonly runtimes: readonly DetectedRuntime[];
  readonly container: ContainerCapabilities;
  /** The definitions that the runtimes come from, the image's hints included. */
  readonly templates: readonly RuntimeDefinition[];
  readonly warnings: readonly string[];
}

/**
 * The runtimes that this container may have: those that Attune knows and those that the image's hints file declares.
 * @throws AttuneError `invalid_hints`
 */
export function knownTemplates(): RuntimeDefinition[] {
  return applyHints(runtimeTemplates, readHints(hintFiles));
}

/** Finds out what this container can do: probes of PATH, then what the user wants to be advertised. Logs it. Never rejects. */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { runtimes, warnings } = await advertise(options);
  options.logger?.info({ runtimes: runtimes.map(describeRuntime) }, 'detected runtimes');
  for (const warning of warnings) options.logger?.warn(warning);
  return { runtimes, container: detectCapabilities(), templates: options.templates, warnings };
}

async function advertise(options: DetectOptions): Promise<Overridden> {
  const { runtimes: names, environment, templates, ignored = [] } = options;
  const refused: string[] = [];
  const onRefused = ({ path, runtime, reason }: Refused): void => {
    refused.push(`${path} is not offered as ${runtime}: it ${reason}`);
  };
  const wanted = names === undefined ? undefined : new Set(names.map(canonicalRuntime));
  const asked = templates.filter(({ name }) => wanted?.has(canonicalRuntime(name)) ?? true);
  const runtimes = await detectRuntimes({ environment, ignored, templates: asked, onRefused });
  if (names === undefined) return { runtimes, warnings: refused };
  const overridden = overrideRuntimes(runtimes, names);
  return { ...overridden, warnings: [...refused, ...overridden.warnings] };
}

/** `python 3.12.1 (/usr/bin/python3)` */
function describeRuntime({ name, version, path }: DetectedRuntime): string {
  return [name, version, path === undefined ? undefined : `(${path})`]
    .filter((part) => part !== undefined)
    .join(' ');
}
