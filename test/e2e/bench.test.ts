import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { requires } from '../support/requires.ts';

/** Milliseconds: it measures a minute on a machine that has nothing else to do. */
const timeout = 400_000;

const figures = z.record(z.string(), z.number());
const report = z.object({ roads: z.record(z.string(), figures) });

const profile = z.object({ roads: z.record(z.string(), z.object({ cpu_ms: figures })) });

test.skipIf(!requires('postgres'))('the bench measures every road of this machine', { timeout }, () => {
  const { roads } = report.parse(bench('--total', '40'));
  expect(Object.keys(roads)).toContain('postgresql');
  for (const [road, measured] of Object.entries(roads)) {
    for (const [name, value] of Object.entries(measured)) expect(value, `${road} ${name}`).toBeGreaterThan(0);
  }
});

test.skipIf(!requires('postgres'))(
  'the bench tells what an execution costs each part of the system',
  { timeout },
  () => {
    const { roads } = profile.parse(bench('--profile', '--total', '100'));
    const parts = Object.keys(roads['postgresql']?.cpu_ms ?? {});
    expect(parts).toEqual(
      expect.arrayContaining(['server', 'agent', 'jobs', 'PostgreSQL: attune-agent claims']),
    );
  },
);

function bench(...options: readonly string[]): unknown {
  const script = join(import.meta.dirname, '../../bench/main.ts');
  return JSON.parse(execFileSync(process.execPath, [script, '--json', ...options], { encoding: 'utf8' }));
}
