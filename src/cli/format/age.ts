const units = [
  { letter: 'd', seconds: 86_400 },
  { letter: 'h', seconds: 3600 },
  { letter: 'm', seconds: 60 },
] as const;

/**
 * How long ago a moment was, in its largest whole unit: `45s`, `3m`, `5h`, `12d`.
 * @param moment ISO 8601
 */
export function age(moment: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(moment)) / 1000));
  const unit = units.find((candidate) => seconds >= candidate.seconds);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit.seconds)}${unit.letter}`;
}

/** A duration in milliseconds for a person: `7ms`, `1.3s`, `2m5s`, `3h7m`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}
