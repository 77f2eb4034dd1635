/** The bytes of a file that were asked for; both ends belong to it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The headers that ask for a part of a file. */
export interface RangeHeaders {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2) for a file of `size` bytes with this strong `etag`.
 * @returns `whole` where the header is absent, is none that must be followed (another unit, several ranges, nonsense) or
 * names another state of the file; `unsatisfiable` where no byte of it is there
 */
export function byteRange(
  headers: RangeHeaders,
  { size, etag }: { readonly size: number; readonly etag: string },
): ByteRange | 'whole' | 'unsatisfiable' {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return 'whole';
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(headers.range ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return 'whole';
  if (first !== '' && last !== '' && Number(first) > Number(last)) return 'whole';
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/** Whether an `If-None-Match` header (RFC 9110, 13.1.2) names what the client would get. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const names = new Set(ifNoneMatch.split(',').map((name) => name.trim().replace(/^W\//, '')));
  return names.has('*') || names.has(etag);
}
