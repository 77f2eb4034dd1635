import type { DetectedRuntime } from '../../contract/capability.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { Logger } from '../../shared/logger.ts';
import { detectCapabilities, type ContainerCapabilities } from './container/capabilities.ts';
import type { Environment } from './environment.ts';
import { applyHints } from './hints/apply.ts';
import { hintFiles, readHints } from './hints/read.ts';
import { overrideRuntimes, type Overridden } from './override.ts';
import { detectRuntimes } from './runtimes.ts';
import { runtimeTemplates } from './templates.ts';

export interface DetectOptions {
  /** Of the container. */
  readonly environment: Environment;
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
 * Finds out what this container can do: hints file, then probes of PATH, then what the user wants to be advertised.
 * @throws AttuneError `invalid_hints`
 */
export async function detect(options: DetectOptions): Promise<Detected> {
  const templates = applyHints(runtimeTemplates, readHints(hintFiles));
  const { runtimes, warnings } = await advertise(templates, options);
  return { runtimes, container: detectCapabilities(), templates, warnings };
}

async function advertise(
  templates: readonly RuntimeDefinition[],
  { runtimes: names, ...detection }: DetectOptions,
): Promise<Overridden> {
  if (names === undefined)
    return { runtimes: await detectRuntimes({ ...detection, templates }), warnings: [] };
  const wanted = new Set(names.map(canonicalRuntime));
  const asked = templates.filter(({ name }) => wanted.has(canonicalRuntime(name)));
  return overrideRuntimes(await detectRuntimes({ ...detection, templates: asked }), names);
}
