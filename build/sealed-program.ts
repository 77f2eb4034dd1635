import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Bundle } from './bundle.ts';
import { cached, hashOf, hashOfTree } from './cache.ts';
import { stripElf } from './elf/strip.ts';
import type { HostArchitecture } from './host.ts';
import { collectLicenses } from './licenses.ts';
import { type Ingredients, ingredientsFor } from './ingredients.ts';
import { type RuntimeLibraries, findLibraries } from './libraries.ts';
import type { Progress } from './progress.ts';
import { seal } from './seal.ts';
import { makeSingleExecutable } from './single-executable.ts';
import { stubPath } from './stub/compile.ts';
import { trimLocales } from './trim-locales.ts';

/**
 * Makes one sealed file of a bundled program: stripped Node, the program and its assets inside, ld.so and the libraries
 * behind it, and the stub that starts it. Returns the path in the cache; what did not change is not made again.
 */
export async function makeSealedProgram(
  name: string,
  { code, metafile, parts: ofProgram }: Bundle,
  architecture: HostArchitecture,
  progress: Progress,
): Promise<string> {
  const scripts = hashOfTree(import.meta.dirname);
  const ingredients = await progress.phase('ingredients', () => ingredientsFor(architecture));
  const node = await progress.phase('strip Node', () => strippedNode(architecture, ingredients, scripts));
  const program = readFileSync(node);
  const { loader, libraries } = findLibraries(program, ingredients.libraryDirectories);
  const parts = {
    stub: readFileSync(stubPath(architecture)),
    loader: readFileSync(loader.path),
    libraries: libraries.map(({ path }) => readFileSync(path)),
  };
  const licenses = licensesOf(metafile, ingredients, { loader, libraries });
  const assets = { licenses, ...ofProgram };
  const key = hashOf(
    scripts,
    node,
    code,
    JSON.stringify(assets),
    parts.stub,
    parts.loader,
    ...parts.libraries,
  );

  return cached(name, key, async (path) => {
    const executable = await progress.phase('single executable', () =>
      makeSingleExecutable({ name, code, assets, node, architecture }, `${path}.d`),
    );
    await progress.phase('seal', () => {
      const hole = trimLocales(executable);
      writeFileSync(path, seal({ program: executable, hole, ...parts }), { mode: 0o755 });
    });
  });
}

async function strippedNode(
  architecture: HostArchitecture,
  { nodePackage }: Ingredients,
  scripts: string,
): Promise<string> {
  const stock = readFileSync(join(nodePackage, 'bin', 'node'));
  return cached(`node-${architecture}`, hashOf(scripts, stock), (path) => {
    writeFileSync(path, stripElf(stock), { mode: 0o755 });
  });
}

function licensesOf(
  metafile: Bundle['metafile'],
  { nodePackage }: Ingredients,
  used: RuntimeLibraries,
): string {
  const names = [used.loader, ...used.libraries].map(({ name }) => name);
  return collectLicenses(metafile, nodePackage, names);
}
