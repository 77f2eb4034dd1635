import { isBuiltInRuntime } from '../../contract/runtime-names.ts';
import { createPatternGuard } from '../../packs/parameters/pattern-guard.ts';
import { readVersion, type Verified } from './version.ts';

/** Reads a version out of what was printed; `'too slow'` where the pattern is not done with it in time. */
export type PatternReader = (
  output: string,
  pattern: string | undefined,
) => Verified | undefined | 'too slow';

/** A machine that is busy may be late: a pattern that takes for ever takes so twice. */
const tries = 2;

/** How to read what a runtime's commands print: the patterns of packs are no better than their authors. */
export function createPatternReader(runtime: string): PatternReader {
  if (isBuiltInRuntime(runtime)) return readVersion;
  const guard = createPatternGuard();
  return (output, pattern) => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const read = guard(() => ({ version: readVersion(output, pattern) }));
      if (read !== undefined) return read.version;
    }
    return 'too slow';
  };
}
