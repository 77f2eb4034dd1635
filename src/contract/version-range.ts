import semver from 'semver';

/** Whether a text is a version range: npm's spelling (`>=3.10 <4`, `3.12`, `*`), or Attune's with commas (`>=3.10,<4`). */
export function isVersionRange(range: string): boolean {
  return semver.validRange(withoutCommas(range)) !== null;
}

/** Whether a version is in a range. An unknown version is only in `*`, the range of all versions. */
export function inVersionRange(version: string | undefined, range: string): boolean {
  if (range.trim() === '*') return true;
  if (version === undefined) return false;
  return semver.satisfies(version, withoutCommas(range), { loose: true, includePrerelease: true });
}

function withoutCommas(range: string): string {
  return range.replaceAll(',', ' ');
}
