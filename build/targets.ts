import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import { bundleCommandLine, bundleForExecutable } from './bundle.ts';
import { publish } from './cache.ts';
import type { Facts } from './facts.ts';
import { type HostArchitecture, requireHost, thisHost } from './host.ts';
import { dist } from './paths.ts';
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

/** The sealed agent, under the name of its architecture and, for this machine, under the plain name. */
export function agentTarget(architecture: HostArchitecture): Target {
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64';
  const named = join(dist, `attune-agent-${machine}`);
  const outputs = architecture === process.arch ? [join(dist, 'attune-agent'), named] : [named];
  return {
    name: `agent-${architecture}`,
    outputs,
    async make(facts, progress) {
      requireHost(thisHost(), architecture);
      const bundle = await progress.phase('bundle agent', () =>
        bundleForExecutable('src/agent/main.ts', facts),
      );
      const sealed = await makeSealedProgram('attune-agent', bundle, architecture, progress);
      for (const output of outputs) publish(sealed, output);
    },
  };
}
