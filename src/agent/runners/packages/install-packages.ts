import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../../detect/environment.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { loadNpm, type Npm } from './load-npm.ts';
import { closeProject, openProject } from './project.ts';

type Arborist = InstanceType<Npm['Arborist']>;

/**
 * `javascript-install PACK FOLDER`: installs what the pack's package.json asks for into FOLDER/node_modules, exactly as its lock file
 * says where it has one, with the settings of .npmrc files and npm_config_ variables. No script of a package is run.
 * @throws AttuneError `invalid_arguments`, `lock_file_outdated`; what npm's library throws, whose messages are for people
 */
export async function installPackages(argv: readonly string[], environment: Environment): Promise<number> {
  const [pack, target, ...more] = argv;
  if (pack === undefined || target === undefined || more.length > 0)
    throw new AttuneError(
      'invalid_arguments',
      'javascript-install needs two folders: attune-agent javascript-install PACK FOLDER',
    );
  const folder = resolve(target);
  mkdirSync(folder, { recursive: true });
  openProject(resolve(pack), folder);
  const cache = join(folder, '.npm');
  const arborist = await openArborist({ folder, cache }, environment);
  const locked = await readLockFile(arborist);
  const ideal = await arborist.buildIdealTree();
  if (locked !== undefined) assertSame(locked, ideal.inventory);
  const { inventory } = await arborist.reify();
  closeProject(folder);
  rmSync(cache, { recursive: true, force: true });
  process.stdout.write(`installed ${countPackages(inventory)} packages\n`);
  return 0;
}

async function openArborist(
  { folder, cache }: { readonly folder: string; readonly cache: string },
  environment: Environment,
): Promise<Arborist> {
  const { Arborist, Config, definitions } = await loadNpm();
  process.on('log', warn);
  const config = new Config({
    ...definitions,
    argv: [process.execPath, 'npm'],
    cwd: folder,
    env: { ...environment },
    npmPath: folder,
  });
  await config.load();
  return new Arborist({
    ...config.flat,
    audit: false,
    cache,
    ignoreScripts: true,
    omit: ['dev'],
    path: folder,
    progress: false,
    save: false,
  });
}

/** What npm would print. */
function warn(level: unknown, ...words: readonly unknown[]): void {
  if (level === 'warn' || level === 'error') process.stderr.write(`npm ${level} ${words.join(' ')}\n`);
}

type Inventory = Awaited<ReturnType<Arborist['loadVirtual']>>['inventory'];

/** As it is now: the tree goes on to be what is installed. Undefined where there is no lock file; one that can't be read is an error. */
async function readLockFile(arborist: Arborist): Promise<Inventory | undefined> {
  try {
    return new Map((await arborist.loadVirtual()).inventory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOLOCK') return undefined;
    throw error;
  }
}

function countPackages(inventory: Inventory): number {
  return [...inventory.values()].filter(({ location, dev }) => location.startsWith('node_modules/') && !dev)
    .length;
}

/** As `npm ci` does: what is installed is what the lock file says, or nothing. */
function assertSame(locked: Inventory, ideal: Inventory): void {
  const others = [...ideal.values()].filter(
    ({ location, version }) => locked.get(location)?.version !== version,
  );
  if (others.length === 0) return;
  const names = others.map(({ name, version }) => `${name}@${version}`).join(', ');
  throw new AttuneError(
    'lock_file_outdated',
    `package.json and package-lock.json do not agree on ${names}: run npm install in the pack's folder`,
  );
}
