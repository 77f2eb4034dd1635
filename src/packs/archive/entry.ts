import type { ReadEntry } from 'tar';

/** An entry of an archive as it may be unpacked. `path` is relative, with `/`, without `.` and `..`. */
export type Entry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Beyond these no file system that we know of stores a name; both in bytes. */
const longestPath = 1024;
const longestName = 255;

/**
 * Judges an entry by its header. Of its mode only that it is executable counts; its owner and times do not.
 * @returns what may be unpacked, a sentence that says why it may not, or `undefined` for the top folder itself
 */
export function readEntry(entry: ReadEntry): Entry | string | undefined {
  const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
  const fault = faultOf(entry.path, parts);
  if (fault !== undefined) return fault;
  const path = parts.join('/');
  if (entry.type === 'Directory') return path === '' ? undefined : { kind: 'folder', path };
  if (path === '') return 'has no name';
  if (contents.has(entry.type)) return { kind: 'file', path, executable: ((entry.mode ?? 0) & 0o100) !== 0 };
  if (entry.type === 'SymbolicLink') return readLink(path, entry.linkpath ?? '');
  if (entry.type === 'Link') return 'is a hard link: pack its content instead (tar --hard-dereference)';
  return `is neither file nor folder nor link (${entry.type}): remove it`;
}

/** What archives of all ages call a file. */
const contents: ReadonlySet<ReadEntry['type']> = new Set(['File', 'OldFile', 'ContiguousFile']);

function faultOf(path: string, parts: readonly string[]): string | undefined {
  if (path.startsWith('/')) return 'is an absolute path: paths must be relative to the folder of the pack';
  if (parts.includes('..')) return 'leads out of the pack: remove ".." from it';
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in its name';
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${longestPath} bytes`;
  if (parts.some((part) => Buffer.byteLength(part) > longestName))
    return `has a name of more than ${longestName} bytes`;
  return undefined;
}

/** Where it leads in the end is judged when everything is there. */
function readLink(path: string, target: string): Entry | string {
  if (target.startsWith('/'))
    return `is a link to "${target}": links must be relative and stay inside the pack`;
  return { kind: 'link', path, target };
}
