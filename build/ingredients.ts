import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cached, hashOf } from './cache.ts';
import { CannotBuildHere, type HostArchitecture } from './host.ts';
import { libraryDirectories } from './libraries.ts';
import { nodePackage, root } from './paths.ts';

/** Where the parts of a sealed file come from that are made for its architecture. */
export interface Ingredients {
  /** The unpacked npm package of the stock Node. */
  readonly nodePackage: string;
  /** Folders that hold ld.so and the libraries. */
  readonly libraryDirectories: readonly string[];
}

/** Those of this machine for its own architecture; else fetched: Node from npm, the libraries from Debian, by what the machine has for both. */
export async function ingredientsFor(architecture: HostArchitecture): Promise<Ingredients> {
  if (architecture === process.arch)
    return { nodePackage: nodePackage(architecture), libraryDirectories: libraryDirectories() };
  const node = lockedNode(architecture);
  const folder = await cached(`ingredients-${architecture}`, hashOf(JSON.stringify(node)), (path) => {
    const fetched = join(path, 'fetched');
    mkdirSync(fetched, { recursive: true });
    fetchNode(node, fetched, path);
    fetchLibraries(architecture, fetched, join(path, 'libraries'));
    rmSync(fetched, { recursive: true });
  });
  const triplet = architecture === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const places = [`lib/${triplet}`, `usr/lib/${triplet}`, 'lib64', 'lib'];
  return {
    nodePackage: join(folder, 'package'),
    libraryDirectories: places.map((place) => join(folder, 'libraries', place)),
  };
}

/** A package as package-lock.json pins it. */
interface Locked {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

function lockedNode(architecture: HostArchitecture): Locked {
  const name = `node-linux-${architecture}`;
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const entry = field(field(lock, 'packages'), `node_modules/${name}`);
  const [version, integrity] = [field(entry, 'version'), field(entry, 'integrity')];
  if (typeof version !== 'string' || typeof integrity !== 'string')
    throw new CannotBuildHere(`package-lock.json does not name ${name}. Run: npm install`);
  return { name, version, integrity };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** npm leaves packages of other architectures out, so this one is taken from the registry by hand, and held against the lock file. */
function fetchNode({ name, version, integrity }: Locked, folder: string, target: string): void {
  run('npm', ['pack', `${name}@${version}`, '--silent'], folder);
  const archive = join(folder, fileEnding(folder, '.tgz'));
  const sum = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (`sha512-${sum}` !== integrity)
    throw new CannotBuildHere(`${name} ${version} of the npm registry is not the one of package-lock.json`);
  run('tar', ['-xzf', archive], target);
}

/** Of Node's own needs, which are few (`readelf -d`). */
const debianPackages = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

/** From the sources that apt has here, with lists and cache of its own: nothing of the machine is changed. */
function fetchLibraries(architecture: HostArchitecture, folder: string, target: string): void {
  for (const place of ['lists/partial', 'archives/partial', 'packages'])
    mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const options = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': '',
    'Dir::State': folder,
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
  };
  const flags = ['-qq', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  const packages = join(folder, 'packages');
  run('apt-get', [...flags, 'update'], packages);
  run('apt-get', [...flags, 'download', ...debianPackages], packages);
  for (const file of readdirSync(packages)) run('dpkg-deb', ['-x', join(packages, file), target], packages);
}

function fileEnding(folder: string, ending: string): string {
  return readdirSync(folder).find((name) => name.endsWith(ending)) ?? '';
}

function run(program: string, args: readonly string[], directory: string): void {
  try {
    execFileSync(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CannotBuildHere(
      `What the file of another architecture is made of could not be fetched (${program} ${args.slice(-1).join(' ')}): ${reason}`,
    );
  }
}
