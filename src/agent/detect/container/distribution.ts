import { join } from 'node:path';
import { readText } from './files.ts';

/**
 * The Linux distribution, like `debian 12` or `alpine 3.20.1`; undefined where the image does not say.
 * @param root folder under which the container's files are
 */
export function detectDistribution(root: string): string | undefined {
  const text = readText(join(root, 'etc/os-release')) ?? readText(join(root, 'usr/lib/os-release')) ?? '';
  const id = fieldOf(text, 'ID');
  const version = fieldOf(text, 'VERSION_ID');
  return version === undefined ? id : `${id ?? 'linux'} ${version}`;
}

function fieldOf(text: string, name: string): string | undefined {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, '$2');
}
