import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cached, hashOf } from '../../build/cache.ts';

/** Programs that npm's registry has, by the package of the architecture. */
const programs = {
  deno: { x64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc', version: '2.9.6', file: 'deno' },
  bun: {
    x64: '@oven/bun-linux-x64-baseline',
    arm64: '@oven/bun-linux-aarch64',
    version: '1.4.5',
    file: 'bin/bun',
  },
} as const;

/** Fetches a program once for all tests. @returns its path */
export async function npmProgram(name: keyof typeof programs): Promise<string> {
  const { version, file, ...packages } = programs[name];
  const pack = packages[process.arch === 'arm64' ? 'arm64' : 'x64'];
  const folder = await cached(name, hashOf(pack, version), (path) => {
    const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', '--prefix', path, ...options, `${pack}@${version}`]);
  });
  return join(folder, 'node_modules', pack, file);
}
