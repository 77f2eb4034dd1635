import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { bundleAgent, bundleCommandLine, bundleForExecutable } from './bundle.ts';
import { publish } from './cache.ts';
import { compress, compressedEndings } from './compress.ts';
import type { Facts } from './facts.ts';
import { type HostArchitecture, requireHost, thisHost } from './host.ts';
import { dist, root } from './paths.ts';
import type { Progress } from './progress.ts';
import { makeSealedProgram } from './sealed-program.ts';

/** Something that the build makes; `outputs[0]` is the file that people are told about. */
export interface Target {
  readonly name: string;
  readonly outputs: readonly string[];
  make(facts: Facts, progress: Progress): Promise<void>;
}

/** The `attune` command, for a Node that is there already. */
export function commandLineTarget(): Target {
  const files = { outfile: join(dist, 'attune.mjs'), chunks: join(dist, 'attune') };
  return {
    name: 'cli',
    outputs: [files.outfile, files.chunks],
    async make(facts, progress) {
      await progress.phase('bundle command line', () => bundleCommandLine('src/cli/main.ts', files, facts));
      chmodSync(files.outfile, 0o755);
    },
  };
}

/** The sealed agent, under the name of its architecture, for images and, for this machine, under the plain name. */
export function agentTarget(architecture: HostArchitecture): Target {
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64';
  const download = join(dist, `attune-agent-${machine}`);
  const named = [download, join(imageFolder(architecture), 'attune-agent')];
  const outputs = architecture === process.arch ? [join(dist, 'attune-agent'), ...named] : named;
  return {
    name: `agent-${architecture}`,
    outputs: [...outputs, ...compressedEndings.map((ending) => download + ending)],
    async make(facts, progress) {
      requireHost(thisHost(), architecture);
      const bundle = await progress.phase('bundle agent', () => bundleAgent(facts));
      const sealed = await makeSealedProgram('attune-agent', bundle, architecture, progress);
      for (const output of outputs) publish(sealed, output);
      const compressed = await progress.phase('compress', () => compress(architecture, sealed));
      for (const ending of compressedEndings) publish(compressed + ending, download + ending);
      // It was that of another file.
      rmSync(`${download}.sig`, { force: true });
    },
  };
}

/** The `attune` command as one sealed file: what docker/Dockerfile.server puts into an image that has nothing else. */
export function serverTarget(architecture: HostArchitecture): Target {
  const output = join(imageFolder(architecture), 'attune');
  const page = join(imageFolder(architecture), 'static');
  return {
    name: `server-${architecture}`,
    outputs: [output, page],
    async make(facts, progress) {
      requireHost(thisHost(), architecture);
      const bundle = await progress.phase('bundle server', () =>
        bundleForExecutable('src/cli/main.ts', facts),
      );
      publish(await makeSealedProgram('attune', bundle, architecture, progress), output);
      // The page at /docs reads its files from a folder beside the program.
      cpSync(join(root, 'node_modules/@fastify/swagger-ui/static'), page, { recursive: true });
    },
  };
}

/** Dockerfiles know a platform by this path: the TARGETPLATFORM of Docker. */
function imageFolder(architecture: HostArchitecture): string {
  return join(dist, 'linux', architecture === 'x64' ? 'amd64' : 'arm64');
}
