import { defineConfig } from 'vitest/config';

/**
 * In CI a test of whole systems that fails is tried once more, and named at the end of the run: two processors that run everything at
 * once stretch every wait, and one late process must not hide what all the others have shown.
 */
const retry = process.env['CI'] === undefined ? 0 : 1;

/** Milliseconds for what comes about by itself: a busy machine may need them all. */
const expect = { poll: { timeout: 20_000 } };

/** One project a kind of test: unit touches nothing, integration real servers, e2e the sealed file. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Most tests wait for other processes: more of them at a time than there are processors.
    maxWorkers: 4,
    projects: [
      // Properties are tried with a hundred inputs: on a busy machine that takes longer than the 5 s that are the default.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry,
          expect,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          retry,
          expect,
        },
      },
    ],
  },
});
