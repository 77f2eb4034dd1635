import { renameSync, writeFileSync } from 'node:fs';

import { compilerVersion, stubArchitectures } from '../stub/compile.ts';
import { compileSupervisor, supervisorHash, supervisorPath, supervisorRecordPath } from './compile.ts';

const compilers: Record<string, string | undefined> = {};
for (const architecture of stubArchitectures) {
  const file = compileSupervisor(architecture);
  const path = supervisorPath(architecture);
  compilers[architecture] = compilerVersion(architecture);
  // A new file: the one that is there may be running.
  writeFileSync(`${path}.new`, file, { mode: 0o755 });
  renameSync(`${path}.new`, path);
  console.log(`${path}: ${file.length} bytes`);
}
const record = { sources: supervisorHash(), compilers };
writeFileSync(supervisorRecordPath, `${JSON.stringify(record, undefined, 2)}\n`);
