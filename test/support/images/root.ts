import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { hashOf } from '../../../build/cache.ts';
import { dockerSucceeds } from '../docker.ts';
import { debianMirror } from './debian-mirror.ts';

const run = promisify(execFile);

/** Like Debian's own slim images: neither manuals nor translations. */
const options = [
  '--variant=apt',
  '--dpkgopt=force-unsafe-io',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--aptopt=Acquire::Languages "none"',
];

const made = new Map<string, Promise<string>>();

/**
 * Makes an image of a minimal Debian, unless this machine has it already.
 * @param release its code name
 * @returns the tag
 */
export function makeRoot(release: string): Promise<string> {
  const root = made.get(release) ?? make(release);
  made.set(release, root);
  return root;
}

async function make(release: string): Promise<string> {
  const tag = `attune-test/${release}:${hashOf(...options).slice(0, 16)}`;
  if (await dockerSucceeds('image', 'inspect', tag)) return tag;
  const script = `tag=$1; shift; mmdebstrap --quiet "$@" | docker import --change 'CMD ["/bin/sh"]' - "$tag"`;
  await run('bash', ['-o', 'pipefail', '-c', script, 'bash', tag, ...options, release, '-', debianMirror()]);
  return tag;
}
