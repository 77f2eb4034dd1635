import type { DetectedRuntime } from '../../contract/capability.ts';
import { aliasesIn, resolveRuntime } from '../../contract/runtime-aliases.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { KnownRuntime } from '../../contract/worker.ts';
import type { Logger } from '../../shared/logger.ts';
import { detectCapabilities, type ContainerCapabilities } from './container/capabilities.ts';
import { definedElsewhere } from './defined-elsewhere.ts';
import type { Environment } from './environment.ts';
import { applyHints } from './hints/apply.ts';
import { hintFiles, readHints, type Hint } from './hints/read.ts';
import { overrideRuntimes } from './override.ts';
import type { ProbeUser } from './probe.ts';
import { createProber } from './prober.ts';
import { runtimeTemplates } from './templates.ts';

export interface DetectOptions {
  /** Of the container. */
  readonly environment: Environment;
  /** What the image says of itself: `containerHints()`. */
  readonly hints?: readonly Hint[];
  /** The value of `ATTUNE_WORKER_RUNTIMES`: advertise exactly these. */
  readonly runtimes?: readonly string[] | undefined;
  /** Real paths of files that are no interpreters of the container: the agent's own. */
  readonly ignored?: readonly string[];
  /** Who runs the version commands, if not the agent's own user. */
  readonly user?: ProbeUser | undefined;
  readonly logger?: Logger;
}

/** All that a container can do. */
export interface Detected {
  readonly runtimes: readonly DetectedRuntime[];
  readonly container: ContainerCapabilities;
  /** The definitions that the runtimes come from, the image's hints included. */
  readonly templates: readonly RuntimeDefinition[];
  /** Those of them that need no control plane. */
  readonly ownTemplates: readonly RuntimeDefinition[];
  readonly hints: readonly Hint[];
  readonly warnings: readonly string[];
}

export interface Detector {
  /**
   * Finds out what this container can do: probes of PATH, then what the user wants to be advertised. Logs it. Never rejects.
   * What was probed for the call before is not probed again.
   * @param known runtimes that the control plane knows; those of our own names change nothing
   */
  look(known: readonly KnownRuntime[]): Promise<Detected>;
}

/**
 * What the image's hints file declares.
 * @throws AttuneError `invalid_hints`
 */
export function containerHints(): Hint[] {
  return readHints(hintFiles);
}

/** Begins at once to probe for the runtimes that need no control plane. */
export function createDetector(options: DetectOptions): Detector {
  const { runtimes: names, hints = [], logger } = options;
  const container = detectCapabilities();
  const ownTemplates = applyHints(runtimeTemplates, hints);
  const probe = createProber(options);
  const report = createReport(logger);

  const askedFor = (known: readonly KnownRuntime[]) => {
    const templates = applyHints([...runtimeTemplates, ...definedElsewhere(known)], hints);
    const aliases = aliasesIn(templates);
    const wanted = names?.map((name) => resolveRuntime(name, aliases));
    const asked = templates.filter(({ name }) => wanted?.includes(canonicalRuntime(name)) ?? true);
    return { templates, wanted, asked };
  };

  void probe(askedFor([]).asked);
  return {
    async look(known) {
      const { templates, wanted, asked } = askedFor(known);
      const { runtimes: found, refused } = await probe(asked);
      const overridden = wanted && overrideRuntimes(found, wanted);
      const runtimes = overridden?.runtimes ?? found;
      const warnings = [...refused, ...(overridden?.warnings ?? [])];
      report(runtimes.map(describeRuntime), warnings);
      return { runtimes, container, templates, ownTemplates, hints, warnings };
    },
  };
}

/** Finds out what this container can do by itself, as `Detector.look` does. */
export function detect(options: DetectOptions): Promise<Detected> {
  return createDetector(options).look([]);
}

/** Says what was detected, where it is not what was said last. */
function createReport(logger: Logger | undefined): (runtimes: string[], warnings: readonly string[]) => void {
  let said = '';
  return (runtimes, warnings) => {
    const news = JSON.stringify([runtimes, warnings]);
    if (news === said) return;
    said = news;
    logger?.info({ runtimes }, 'detected runtimes');
    for (const warning of warnings) logger?.warn(warning);
  };
}

/** `python 3.12.1 (/usr/bin/python3)` */
function describeRuntime({ name, version, path }: DetectedRuntime): string {
  return [name, version, path === undefined ? undefined : `(${path})`]
    .filter((part) => part !== undefined)
    .join(' ');
}
