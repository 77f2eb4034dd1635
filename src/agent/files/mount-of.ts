import { readFileSync, realpathSync } from 'node:fs';

/** A mount as /proc/self/mountinfo has it. Source: proc_pid_mountinfo(5). */
export interface Mount {
  readonly point: string;
  /** Those of the mount and of its file system, like `ro`, `noexec`. */
  readonly options: ReadonlySet<string>;
  /** Like `tmpfs`, `overlay`. */
  readonly type: string;
}

/** The mount that a path lies on; `undefined` where that can't be known. */
export function mountOf(path: string): Mount | undefined {
  try {
    return findMount(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(path));
  } catch {
    return undefined;
  }
}

/**
 * The mount of a list that a path lies on: the longest point above it, and the last of those at one point, which hides the others.
 * @param text of /proc/self/mountinfo
 * @param path absolute, without links
 */
export function findMount(text: string, path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of text.split('\n').map(parseLine)) {
    if (mount === undefined || !isAbove(mount.point, path)) continue;
    if (found === undefined || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

/** `36 35 98:0 /root /point rw,noexec master:1 - ext4 /dev/sda rw`; the fields before the dash vary in number. */
function parseLine(line: string): Mount | undefined {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , , point, options] = before.split(' ');
  const [type = '', , ofSystem = ''] = after.split(' ');
  if (point === undefined || options === undefined) return undefined;
  return { point: unescape(point), options: new Set([...options.split(','), ...ofSystem.split(',')]), type };
}

/** Space, tab, newline and backslash are written as octal numbers. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function isAbove(point: string, path: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}
