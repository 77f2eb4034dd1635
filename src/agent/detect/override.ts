import type { DetectedRuntime } from '../../contract/capability.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';

export interface Overridden {
  readonly runtimes: DetectedRuntime[];
  /** One sentence for each thing that the user should know. */
  readonly warnings: string[];
}

/**
 * Advertises exactly the runtimes that the user named (`ATTUNE_WORKER_RUNTIMES`), in any of their spellings, with all
 * versions that were detected. One that was not detected is advertised without a version, because the user knows the container
 * better than our probes do, and with a warning.
 */
export function overrideRuntimes(detected: readonly DetectedRuntime[], names: readonly string[]): Overridden {
  const wanted = [...new Set(names.map(canonicalRuntime))];
  const found = Map.groupBy(detected, ({ name }) => name);
  return {
    runtimes: wanted.flatMap((name) => found.get(name) ?? [{ name }]),
    warnings: wanted
      .filter((name) => !found.has(name))
      .map(
        (name) =>
          `ATTUNE_WORKER_RUNTIMES names ${name}, which was not detected: actions that need it may fail here`,
      ),
  };
}
