import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { requires } from '../support/requires.ts';

const figures = z.record(z.string(), z.number());
const report = z.object({ bare_per_second: z.number().positive(), roads: z.record(z.string(), figures) });

test.skipIf(!requires('postgres'))('the bench measures every road of this machine', () => {
  const script = join(import.meta.dirname, '../../bench/main.ts');
  const output = execFileSync(process.execPath, [script, '--json', '--total', '40'], { encoding: 'utf8' });
  const { roads } = report.parse(JSON.parse(output));
  expect(Object.keys(roads)).toContain('postgresql');
  for (const [road, measured] of Object.entries(roads)) {
    for (const [name, value] of Object.entries(measured)) expect(value, `${road} ${name}`).toBeGreaterThan(0);
  }
});
