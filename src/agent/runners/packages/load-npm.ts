import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import { compileFunction, constants } from 'node:vm';
import type * as npm from './npm.ts';

export type Npm = typeof npm;

/** The name of npm's library among the assets of the sealed file. */
const asset = 'npm.cjs';

/** What CommonJS knows in every file. */
const parameters = ['module', 'exports', 'require', '__filename', '__dirname'];

/** Loads npm's library: 2 MB of program, of which an agent at work has none in its memory. */
export async function loadNpm(): Promise<Npm> {
  if (!isSea()) return import('./npm.ts');
  const module: { exports: unknown } = { exports: {} };
  const program = compileFunction(getAsset(asset, 'utf8'), parameters, {
    filename: asset,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const file = process.execPath;
  Reflect.apply(program, undefined, [module, module.exports, createRequire(file), file, dirname(file)]);
  if (!isNpm(module.exports)) throw new TypeError(`${asset} is not npm's library`);
  return module.exports;
}

function isNpm(value: unknown): value is Npm {
  return typeof value === 'object' && value !== null && 'Arborist' in value;
}
