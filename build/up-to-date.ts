import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { hashOf, hashOfTree } from './cache.ts';
import type { Facts } from './facts.ts';
import { loadedLibraries } from './libraries.ts';
import { nodePackage, root } from './paths.ts';

const inputs = [
  'src',
  'build',
  'runtimes',
  'docker/attune-agent-wrapper.sh',
  'package.json',
  'package-lock.json',
];

/** One hash over everything that the outputs are made from; large files of the system count by size and time. */
export function fingerprintOf(facts: Facts): string {
  const node = join(nodePackage(process.arch), 'bin', 'node');
  return hashOf(
    hashOfTree(...inputs.map((path) => join(root, path))),
    JSON.stringify([facts, process.version, ...[node, ...loadedLibraries()].map(stampOf)]),
  );
}

/** Whether a target was last made from these very inputs, and its outputs are still as they were left. */
export function isUpToDate(target: string, fingerprint: string, outputs: readonly string[]): boolean {
  try {
    return readFileSync(recordPath(target), 'utf8') === recordOf(fingerprint, outputs);
  } catch {
    return false;
  }
}

export function rememberOutputs(target: string, fingerprint: string, outputs: readonly string[]): void {
  mkdirSync(join(root, '.cache', 'build'), { recursive: true });
  writeFileSync(recordPath(target), recordOf(fingerprint, outputs));
}

function recordPath(target: string): string {
  return join(root, '.cache', 'build', `${target}.json`);
}

function recordOf(fingerprint: string, outputs: readonly string[]): string {
  return JSON.stringify([fingerprint, ...outputs.map(stampOf)]);
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? `${path}: missing` : `${path}: ${stat.size} ${stat.mtimeMs}`;
}
