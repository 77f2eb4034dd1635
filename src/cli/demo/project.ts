import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AttuneError } from '../../shared/errors.ts';

/** What the demo shows, on disk. */
export interface DemoFiles {
  readonly agent: string;
  readonly packs: readonly string[];
  /** Where a compiler may keep what makes the next demo quicker: with the project's other build results. */
  readonly cache: string;
}

/**
 * Finds the sealed agent and the example packs of the project that `main` belongs to.
 * @param main the file that runs: `dist/attune.mjs`, or one of the sources
 * @throws AttuneError `demo_files_missing`
 */
export async function findDemoFiles(main: string, agent: string | undefined): Promise<DemoFiles> {
  const root = await rootOf(dirname(main));
  const files = {
    agent: agent ?? join(root, 'dist/attune-agent'),
    packs: examplePacks.map((pack) => join(root, pack)),
    cache: join(root, '.cache/demo'),
  };
  if (!(await isThere(files.agent, constants.X_OK)))
    throw missing(`${files.agent} is not built: "npm run build" makes it, on Linux with glibc`);
  return files;
}

const examplePacks = ['examples/packs/example', 'examples/packs/libraries'] as const;

async function rootOf(folder: string): Promise<string> {
  const missingHere = await firstMissing(folder);
  if (missingHere === undefined) return folder;
  if (dirname(folder) === folder)
    throw missing(`${missingHere} is not there: run the demo from a clone of Attune`);
  return rootOf(dirname(folder));
}

/** The first of the packs that is not below the folder. */
async function firstMissing(folder: string): Promise<string | undefined> {
  const there = await Promise.all(examplePacks.map((pack) => isThere(join(folder, pack), constants.R_OK)));
  return examplePacks.find((_, index) => !there[index]);
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function missing(message: string): AttuneError {
  return new AttuneError('demo_files_missing', `The demo can't run: ${message}.`);
}
