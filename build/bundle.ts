import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { type BuildOptions, type Metafile, type OutputFile, build } from 'esbuild';

import type { Facts } from './facts.ts';
import { root } from './paths.ts';

export interface Bundle {
  readonly code: Buffer;
  readonly metafile: Metafile;
  /** Parts of the program that it loads when it needs them, by name. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Loaded by src/agent/runners/packages/load-npm.ts. */
const npm = { entry: 'src/agent/runners/packages/npm.ts', name: 'npm.cjs' };

/** Bundles a program and all its packages into one CommonJS file, which is what a single executable takes. */
export async function bundleForExecutable(entry: string, facts: Facts): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...common(entry, facts),
    format: 'cjs',
    target: 'node24',
    write: false,
    metafile: true,
    minifySyntax: true,
    legalComments: 'none',
    external: ['./npm.ts'],
    // CommonJS has no import.meta; inside the executable __filename is its own path.
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: {
      ...definitions(facts),
      'import.meta.url': 'importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  });
  return { code: Buffer.from(contentsOf(entry, outputFiles)), metafile, parts: {} };
}

/** Bundles the agent for its executable, with npm's library as a part of its own: most agents never need it. */
export async function bundleAgent(facts: Facts): Promise<Bundle> {
  const agent = await bundleForExecutable('src/agent/main.ts', facts);
  const { outputFiles, metafile } = await build({
    ...common(npm.entry, facts),
    format: 'cjs',
    target: 'node24',
    write: false,
    metafile: true,
    minify: true,
    keepNames: true,
    legalComments: 'none',
    // It compiles packages, which ours may not.
    external: ['node-gyp/bin/node-gyp.js'],
  });
  const inputs = { ...agent.metafile.inputs, ...metafile.inputs };
  return {
    ...agent,
    metafile: { ...agent.metafile, inputs },
    parts: { [npm.name]: Buffer.from(contentsOf(npm.entry, outputFiles)).toString('latin1') },
  };
}

function contentsOf(entry: string, [output]: readonly OutputFile[]): Uint8Array {
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return output.contents;
}

/**
 * Bundles the command line, which runs from the repository or from an npm package: its packages stay outside. What is
 * imported on demand lies in files of its own below `chunks`, so that `attune --help` loads next to nothing.
 */
export async function bundleCommandLine(
  entry: string,
  { outfile, chunks }: { readonly outfile: string; readonly chunks: string },
  facts: Facts,
): Promise<void> {
  rmSync(chunks, { recursive: true, force: true });
  await build({
    ...common(entry, facts),
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    banner: readFileSync(join(root, entry), 'utf8').startsWith('#!') ? {} : { js: '#!/usr/bin/env node' },
    splitting: true,
    outdir: dirname(outfile),
    entryNames: basename(outfile, '.mjs'),
    chunkNames: `${relative(dirname(outfile), chunks)}/[name]-[hash]`,
    outExtension: { '.js': '.mjs' },
  });
}

function common(entry: string, facts: Facts): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    charset: 'ascii',
    logLevel: 'warning',
    loader: { '.sql': 'text', '.yaml': 'text', '.html': 'text' },
    define: definitions(facts),
  };
}

/** src/shared/build-info.ts and src/server/agent-download/bootstrap-script.ts declare these names. */
function definitions(facts: Facts): Record<string, string> {
  return {
    ATTUNE_VERSION: JSON.stringify(facts.version),
    ATTUNE_COMMIT: JSON.stringify(facts.commit),
    ATTUNE_BOOTSTRAP_SCRIPT: JSON.stringify(
      readFileSync(join(root, 'docker/attune-agent-wrapper.sh'), 'utf8'),
    ),
  };
}
