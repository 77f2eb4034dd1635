import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SegmentType, readElf } from '../elf/read.ts';

export const stubArchitectures = ['x64', 'arm64'] as const;
export type StubArchitecture = (typeof stubArchitectures)[number];

export const compilers = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' } as const;
const ours = ['entry.S', 'start.c', 'libraries.c', 'loader.c', 'text.c'];
/** The stub is the supervisor too. */
export const supervisorSources = [
  'entry.S',
  'supervise.c',
  'agent.c',
  'frames.c',
  'spawn.c',
  'streams.c',
  'ending.c',
  'sweep.c',
].map((name) => `../supervisor/${name}`);
const sources = [...ours, ...supervisorSources];
const inputs = [
  ...sources,
  'stub.h',
  'system.h',
  'stub.ld',
  '../supervisor/supervisor.h',
  '../supervisor/protocol.h',
];
/** No library, no relocation, no data that would have to be set up. */
export const compilerFlags =
  '-std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie -fno-stack-protector ' +
  '-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wl,--build-id=none';
const flags = `${compilerFlags} -Wl,-T,stub.ld`;

/** Compiles the stub and returns the bytes that are mapped. Needs the GNU C compiler of the architecture. */
export function compileStub(architecture: StubArchitecture): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'attune-stub-'));
  try {
    const output = join(directory, 'stub');
    execFileSync(compilers[architecture], [...flags.split(' '), '-o', output, ...sources], {
      cwd: import.meta.dirname,
    });
    const file = readFileSync(output);
    const segment = readElf(file).segments.find(({ type }) => type === SegmentType.load);
    if (segment === undefined) throw new Error('the compiled stub has no segment');
    return file.subarray(segment.offset, segment.offset + segment.fileSize);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The compiler by name and version, or undefined if it is not installed. Other versions make other bytes. */
export function compilerVersion(architecture: StubArchitecture): string | undefined {
  try {
    return execFileSync(compilers[architecture], ['--version'], { encoding: 'utf8' }).split('\n', 1)[0];
  } catch {
    return undefined;
  }
}

/** Changes whenever a source of the stub does. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  for (const name of inputs) hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.update(flags).digest('hex');
}

export function stubPath(architecture: StubArchitecture): string {
  return join(import.meta.dirname, `stub-${architecture}.bin`);
}

/** What the checked-in bytes were made from. */
export const recordPath = join(import.meta.dirname, 'stub.json');
