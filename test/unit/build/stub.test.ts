import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import {
  compileStub,
  compilerVersion,
  recordPath,
  sourceHash,
  stubArchitectures,
  stubPath,
} from '../../../build/stub/compile.ts';

const record: unknown = JSON.parse(readFileSync(recordPath, 'utf8'));

test('the checked-in stubs were made from these sources (else: npm run build:stub)', () => {
  expect(record).toMatchObject({ sources: sourceHash() });
});

/** Milliseconds: long enough for a busy machine. */
const compiling = 60_000;

describe.each(stubArchitectures)('the stub for %s', (architecture) => {
  const version = compilerVersion(architecture);
  const sameCompiler = JSON.stringify(record).includes(JSON.stringify(version ?? null));

  test('is small and has room for parameters', () => {
    const stub = readFileSync(stubPath(architecture));
    expect(stub.length).toBeLessThan(16_384);
    expect(stub.indexOf('ATTESEAL') % 8).toBe(0);
  });

  test.skipIf(version === undefined)('compiles without a warning', { timeout: compiling }, () => {
    expect(compileStub(architecture).length).toBeGreaterThan(0);
  });

  test.skipIf(!sameCompiler)(
    'is what its compiler makes of the sources, byte by byte',
    { timeout: compiling },
    () => {
      expect(compileStub(architecture).equals(readFileSync(stubPath(architecture)))).toBe(true);
    },
  );
});
