import {
  copyFileSync,
  cpSync,
  globSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/** What npm reads, and may write, beside the packages. */
const manifests = new Set(['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc']);
const modules = 'node_modules';

/** Makes a folder look like that of a pack to npm: with copies of what npm may change, and links to what a manifest may name (`file:./vendor`). */
export function openProject(pack: string, folder: string): void {
  for (const name of readdirSync(pack)) {
    if (manifests.has(name)) copyFileSync(join(pack, name), join(folder, name));
    else if (name !== modules) symlinkSync(join(pack, name), join(folder, name));
  }
}

/** Makes a folder independent of the pack: packages that npm has linked into it become copies. */
export function closeProject(folder: string): void {
  const packages = globSync([`${modules}/*`, `${modules}/@*/*`], { cwd: folder }).map((path) =>
    join(folder, path),
  );
  for (const path of packages.filter(isLink)) {
    const copy = `${path}.copy`;
    cpSync(path, copy, { recursive: true, dereference: true });
    rmSync(path);
    renameSync(copy, path);
  }
  for (const name of readdirSync(folder)) if (isLink(join(folder, name))) rmSync(join(folder, name));
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}
