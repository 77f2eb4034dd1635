import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Agents answer `attune-agent health` at abstract sockets (unix(7)): these need no folder, so that they work with a read-only root, and
 * are gone with their process. A network namespace may hold several containers, as a pod does, so the name holds the container's mount
 * namespace. A job can make such a socket too, but not speak for an agent: all that are found must be ready, and without its agent no
 * job lives for long, because the supervisor replaces the one or ends the other.
 */
export function newSocketName(): string {
  return `\0${prefix()}${randomBytes(6).toString('hex')}`;
}

/** The names of the agents of this container. */
export function findSocketNames(): string[] {
  return parseSocketNames(readFileSync('/proc/net/unix', 'latin1'), prefix());
}

/** @param table as /proc/net/unix has it: the last column is the path, with `@` in the place of a leading zero byte */
export function parseSocketNames(table: string, wanted: string): string[] {
  const names = table.split('\n').map((line) => line.slice(line.lastIndexOf(' ') + 1));
  const found = names.filter((name) => name.startsWith(`@${wanted}`));
  // Each connection has a line too.
  return [...new Set(found)].map((name) => `\0${name.slice(1)}`);
}

function prefix(): string {
  return `attune-agent/${mountNamespace()}/`;
}

/** Its number, out of `mnt:[4026531841]`. */
function mountNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/mnt').replaceAll(/\D/g, '');
  } catch {
    // Some sandboxes have none.
    return '';
  }
}
