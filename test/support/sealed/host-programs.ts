import { lstatSync, readlinkSync } from 'node:fs';
import type { RootOptions } from './run.ts';

/** The programs and libraries of this machine for a root directory, as they are laid out here: many have `/bin` as a link into `/usr`. */
export function hostPrograms(): Pick<RootOptions, 'folders' | 'links'> {
  const folders: Record<string, string> = {};
  const links: Record<string, string> = {};
  for (const place of ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc']) {
    const facts = lstatSync(place, { throwIfNoEntry: false });
    if (facts?.isSymbolicLink() === true) links[place] = readlinkSync(place);
    else if (facts?.isDirectory() === true) folders[place] = place;
  }
  return { folders, links };
}
