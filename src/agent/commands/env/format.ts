const ages = [
  { letter: 'd', milliseconds: 86_400_000 },
  { letter: 'h', milliseconds: 3_600_000 },
  { letter: 'm', milliseconds: 60_000 },
] as const;

/** How long ago, in its largest whole unit: `45s`, `3m`, `5h`, `12d`. */
export function formatAge(milliseconds: number): string {
  const unit = ages.find((candidate) => milliseconds >= candidate.milliseconds);
  return unit === undefined
    ? `${Math.max(0, Math.floor(milliseconds / 1000))}s`
    : `${Math.floor(milliseconds / unit.milliseconds)}${unit.letter}`;
}

/** `731 B`, `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
