import type { Capabilities, DetectedRuntime } from '../../contract/capability.ts';
import { plain } from './table.ts';

/** `node 24.1.0, python 3.11.2, shell`. */
export function runtimesText(runtimes: readonly DetectedRuntime[]): string {
  return (
    plain(runtimes.map(({ name, version }) => [name, version].filter(Boolean).join(' ')).join(', ')) || '-'
  );
}

/** `gpu=true,zone=a`. */
export function labelsText({ labels }: Capabilities): string {
  return (
    plain(
      Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
    ) || '-'
  );
}
