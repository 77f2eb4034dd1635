import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { marksOf } from '../recipe/facts.ts';
import { sweepEnvironments, type SweepParts } from './sweep.ts';

/** How often one looks whether packs have changed: a few microseconds for each. */
const lookMilliseconds = 5000;

/**
 * Builds the environments of all packs of a folder, and again when one of the packs is replaced, until the signal says so.
 * Resolves after the first time; never rejects.
 */
export async function keepPrepared(parts: SweepParts): Promise<void> {
  const first = marksOfPacks(parts.packsDirectory);
  await sweepEnvironments(parts);
  void keepLooking(first, parts);
}

async function keepLooking(first: string, parts: SweepParts): Promise<void> {
  let last = first;
  while (!parts.signal.aborted) {
    await delay(lookMilliseconds, undefined, { signal: parts.signal, ref: false }).catch(() => undefined);
    const now = marksOfPacks(parts.packsDirectory);
    if (now !== last) await sweepEnvironments(parts);
    last = now;
  }
}

function marksOfPacks(folder: string): string {
  try {
    return readdirSync(folder)
      .map((name) => `${name} ${marksOf([join(folder, name)])}`)
      .join('\n');
  } catch {
    return '';
  }
}
