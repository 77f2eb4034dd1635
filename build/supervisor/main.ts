import { chmodSync, writeFileSync } from 'node:fs';

import { compilerVersion, stubArchitectures } from '../stub/compile.ts';
import { compileSupervisor, supervisorHash, supervisorPath, supervisorRecordPath } from './compile.ts';

const compilers: Record<string, string | undefined> = {};
for (const architecture of stubArchitectures) {
  const file = compileSupervisor(architecture);
  const path = supervisorPath(architecture);
  compilers[architecture] = compilerVersion(architecture);
  writeFileSync(path, file);
  chmodSync(path, 0o755);
  console.log(`${path}: ${file.length} bytes`);
}
const record = { sources: supervisorHash(), compilers };
writeFileSync(supervisorRecordPath, `${JSON.stringify(record, undefined, 2)}\n`);
