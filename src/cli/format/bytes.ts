const units = ['KiB', 'MiB', 'GiB'];

/** A size for a person: `512 bytes`, `1.5 KiB`, `23.0 MiB`. */
export function bytes(size: number): string {
  if (size < 1024) return `${size} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log2(size) / 10));
  return `${(size / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}
