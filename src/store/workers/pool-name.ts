import { createHash } from 'node:crypto';
import type { Capabilities } from '../../contract/capability.ts';

/** Names of pools become parts of queue names: as long as `plainName` allows. */
const longestName = 128;
const hashLength = 8;

/**
 * What makes two workers interchangeable, as eight hexadecimal digits: runtimes with versions, labels, architecture, libc
 * and GPUs; not the size of the machine.
 */
export function capabilityHash({ runtimes, labels, architecture, libc, gpus }: Capabilities): string {
  const identity = [
    runtimes.map(({ name, version }) => `${name}@${version ?? ''}`).toSorted(),
    Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    architecture,
    libc ?? null,
    gpus.toSorted(),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, hashLength);
}

/** The pool of workers that name none: `node-python-shell-1a2b3c4d`. */
export function derivedPoolName({ runtimes }: Capabilities, hash: string): string {
  const names = [...new Set(runtimes.map(({ name }) => name))].toSorted();
  const plain = names
    .join('-')
    .replaceAll(/[^A-Za-z0-9_.+-]/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '');
  return suffixedPoolName(plain === '' ? 'native' : plain, hash);
}

/** A name with the hash behind it, no longer than names may be. */
export function suffixedPoolName(name: string, hash: string): string {
  return `${name.slice(0, longestName - hashLength - 1)}-${hash}`;
}
