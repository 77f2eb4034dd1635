import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { compilerVersion, stubArchitectures } from '../../../build/stub/compile.ts';
import {
  compileSupervisor,
  supervisorHash,
  supervisorPath,
  supervisorRecordPath,
} from '../../../build/supervisor/compile.ts';

const record: unknown = JSON.parse(readFileSync(supervisorRecordPath, 'utf8'));

test('the checked-in supervisors were made from these sources (else: npm run build:supervisor)', () => {
  expect(record).toMatchObject({ sources: supervisorHash() });
});

/** Milliseconds: long enough for a busy machine. */
const compiling = 60_000;

describe.each(stubArchitectures)('the supervisor for %s', (architecture) => {
  const sameCompiler = JSON.stringify(record).includes(JSON.stringify(compilerVersion(architecture) ?? null));

  test('is small', () => {
    expect(readFileSync(supervisorPath(architecture)).length).toBeLessThan(16_384);
  });

  test.skipIf(!sameCompiler)(
    'is what its compiler makes of the sources, byte by byte',
    { timeout: compiling },
    () => {
      expect(compileSupervisor(architecture).equals(readFileSync(supervisorPath(architecture)))).toBe(true);
    },
  );
});
