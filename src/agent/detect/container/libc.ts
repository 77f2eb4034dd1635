import { closeSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from './files.ts';

/**
 * The C library of the container's programs: `glibc 2.36`, `musl 1.2.4`, or `none` where there is no loader, as in `scratch`.
 * Where both are there, as in an Alpine with gcompat, that of /bin/sh counts.
 * @param root folder under which the container's files are
 */
export function detectLibc(root: string): string {
  const loader = loaderOf(join(root, 'bin/sh')) ?? installedLoader(root);
  if (loader === undefined) return 'none';
  const name = loader.includes('ld-musl') ? 'musl' : 'glibc';
  const version = readVersion(join(root, loader));
  return version === undefined ? name : `${name} ${version}`;
}

/** The loader that a program asks for: it stands as text near the start of its file. */
function loaderOf(program: string): string | undefined {
  try {
    const file = openSync(program, 'r');
    const start = Buffer.alloc(4096);
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
    return /\/[\w/.-]*\/ld-(?:musl|linux)[\w.-]*/.exec(start.toString('latin1'))?.[0];
  } catch {
    return undefined;
  }
}

function installedLoader(root: string): string | undefined {
  const loaders = ['lib64', 'lib'].flatMap((folder) =>
    namesIn(join(root, folder))
      .filter((name) => /^ld-(?:linux|musl)-.*\.so\.\d+$/.test(name))
      .map((name) => `/${folder}/${name}`),
  );
  return loaders.find((path) => path.includes('ld-linux')) ?? loaders[0];
}

/** glibc up to 2.33 has the version in the file's name, later ones in its text; musl has it as a text of its own. */
function readVersion(loader: string): string | undefined {
  try {
    const file = realpathSync(loader);
    const name = /ld-(\d+\.\d+)\.so$/.exec(file)?.[1];
    if (name !== undefined) return name;
    const text = readFileSync(file).toString('latin1');
    return /release version (\d+\.\d+)/.exec(text)?.[1] ?? /\0(\d+\.\d+\.\d+)\0/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
