import { writeFileSync } from 'node:fs';

import {
  compileStub,
  compilerVersion,
  recordPath,
  sourceHash,
  stubArchitectures,
  stubPath,
} from './compile.ts';

const compilers: Record<string, string | undefined> = {};
for (const architecture of stubArchitectures) {
  const stub = compileStub(architecture);
  compilers[architecture] = compilerVersion(architecture);
  writeFileSync(stubPath(architecture), stub);
  console.log(`${stubPath(architecture)}: ${stub.length} bytes`);
}
writeFileSync(recordPath, `${JSON.stringify({ sources: sourceHash(), compilers }, undefined, 2)}\n`);
