import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { type BuildOptions, type Metafile, build } from 'esbuild';

import type { Facts } from './facts.ts';
import { root } from './paths.ts';

export interface Bundle {
  readonly code: Buffer;
  readonly metafile: Metafile;
}

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
    // CommonJS has no import.meta; inside the executable __filename is its own path.
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: {
      ...definitions(facts),
      'import.meta.url': 'importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return { code: Buffer.from(output.contents), metafile };
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
