import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compilers, compilerFlags, supervisorSources, type StubArchitecture } from '../stub/compile.ts';

const program = ['helper.c', ...supervisorSources, '../stub/text.c'];
/** The C of the stand-alone supervisor, without the door through which the kernel enters it. */
export const supervisorProgram = program.map((name) => join(import.meta.dirname, name));
const sources = ['helper.S', ...program];
const inputs = [...sources, 'supervisor.h', 'protocol.h', 'helper.ld', '../stub/system.h', '../stub/stub.h'];
const flags = `${compilerFlags} -s -Wl,-T,helper.ld -Wl,-z,noexecstack`;

/** Compiles the supervisor as a program of its own and returns the file. Needs the GNU C compiler of the architecture. */
export function compileSupervisor(architecture: StubArchitecture): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'attune-supervisor-'));
  try {
    const output = join(directory, 'supervisor');
    execFileSync(compilers[architecture], [...flags.split(' '), '-o', output, ...sources], {
      cwd: import.meta.dirname,
    });
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Changes whenever a source of the supervisor does. */
export function supervisorHash(): string {
  const hash = createHash('sha256');
  for (const name of inputs) hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.update(flags).digest('hex');
}

export function supervisorPath(architecture: StubArchitecture): string {
  return join(import.meta.dirname, `supervisor-${architecture}`);
}

/** What the checked-in files were made from. */
export const supervisorRecordPath = join(import.meta.dirname, 'supervisor.json');
