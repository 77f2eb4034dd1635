import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilers, stubArchitectures } from '../../../build/stub/compile.ts';
import { supervisorProgram } from '../../../build/supervisor/compile.ts';

const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const flags = ['-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-omit-frame-pointer'];
/** Ours would take the place of those of libc, libasan's own included. */
const renamed = ['-Dmemset=plain_memset', '-Dmemcpy=plain_memcpy'];
const watched = ['-Wl,--wrap=start_job', '-Wl,--wrap=write_all', '-Wl,--wrap=keep'];

export interface SanitizedSupervisor {
  readonly path: string;
  /** What the sanitizers had to say so far: nothing, or the supervisor is wrong. */
  reports(): string;
  remove(): void;
}

/** Whether the compiler of this machine can make programs that watch themselves. */
export function canSanitize(): boolean {
  const program = spawnSync(compiler(), [...sanitizers, '-x', 'c', '-o', '/dev/null', '-'], {
    input: 'int main(void) { return 0; }',
  });
  return program.status === 0;
}

/** Compiles the supervisor so that it ends, with a report, at the first access to memory that is not its own and the first undefined step. */
export function compileSanitized(): SanitizedSupervisor {
  const folder = mkdtempSync(join(tmpdir(), 'attune-sanitized-'));
  chmodSync(folder, 0o755);
  const path = join(folder, 'supervisor');
  const sources = [join(import.meta.dirname, 'entry.c'), ...supervisorProgram];
  execFileSync(compiler(), [
    ...flags,
    ...sanitizers,
    ...renamed,
    ...watched,
    `-DREPORTS="${folder}/report"`,
    '-o',
    path,
    ...sources,
  ]);
  const reports = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith('report'))
      .map((name) => `${name}: ${readFileSync(join(folder, name), 'utf8')}`)
      .join('\n');
  return { path, reports, remove: () => rmSync(folder, { recursive: true }) };
}

function compiler(): string {
  const architecture = stubArchitectures.find((name) => name === process.arch) ?? 'x64';
  return compilers[architecture];
}
