import { isBuiltInRuntime } from '../contract/runtime-names.ts';
import type { Violation } from '../contract/problem.ts';
import { AttuneError } from '../shared/errors.ts';
import { examinePack, type ExaminedPack } from './load-pack.ts';
import { scanPack } from './pack-files.ts';
import { readPackTests } from './pack-tests.ts';

/** All that can be said of a pack's folder without running anything. */
export interface CheckedPack {
  /** Absent where there is no pack that could be read. */
  readonly pack: ExaminedPack | undefined;
  /** How many tests it brings. */
  readonly tests: number;
  /** What keeps the pack from being registered, or its tests from being run. */
  readonly problems: readonly Violation[];
  /** What works, yet probably not as its author thinks. */
  readonly warnings: readonly Violation[];
}

/**
 * Looks at everything in a pack: its files, definitions and tests.
 * @param folder absolute
 */
export async function checkPack(folder: string): Promise<CheckedPack> {
  try {
    const { files, violations } = await scanPack(folder);
    const pack = await examinePack({ folder, files, isKnownRuntime: isBuiltInRuntime });
    const tests = await readPackTests({ folder, files }, pack);
    const problems = [...violations, ...pack.violations, ...tests.violations];
    return { pack, tests: tests.tests.length, problems, warnings: pack.warnings };
  } catch (error) {
    if (!(error instanceof AttuneError) || error.code !== 'invalid_pack') throw error;
    return { pack: undefined, tests: 0, problems: error.violations, warnings: [] };
  }
}
