import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { hashOf } from '../../../build/cache.ts';
import { docker, dockerSucceeds } from '../docker.ts';
import type { Recipe } from './recipe.ts';
import { makeRoot } from './root.ts';

const folder = join(import.meta.dirname, 'stand-ins');

/**
 * Makes an image by a recipe, unless this machine has it already: the tag holds a hash of all that it is made from.
 * @returns the tag
 */
export async function makeStandIn(recipe: Recipe): Promise<string> {
  if ('file' in recipe) return build(recipe.file, readFile(`${recipe.file}.Dockerfile`));
  const { root, packages = [] } = recipe;
  if (packages.length === 0) return makeRoot(root);
  const dockerfile = readFile('packages.Dockerfile').replaceAll('ROOT', root);
  return build(packages.join('-'), dockerfile.replace('PACKAGES', packages.join(' ')));
}

/** A build argument of a Dockerfile is the name of the root that it starts from. */
async function build(name: string, dockerfile: string): Promise<string> {
  const roots = [...dockerfile.matchAll(/^ARG (bullseye|bookworm|trixie)$/gm)].map(([, root = '']) => root);
  const values = await Promise.all(roots.map(async (root) => `${root}=${await makeRoot(root)}`));
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}.`));
  const tag = `attune-test/${name}:${hashOf(dockerfile, ...values, ...files.map(readFile)).slice(0, 16)}`;
  if (await dockerSucceeds('image', 'inspect', tag)) return tag;
  const argumentsOf = values.flatMap((value) => ['--build-arg', value]);
  await docker(['build', '--quiet', '--tag', tag, ...argumentsOf, '--file', '-', folder], dockerfile);
  return tag;
}

function readFile(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
