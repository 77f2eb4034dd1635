import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const sources = join(root, 'src');
export const dist = join(root, 'dist');

/** The npm package that carries the stock Node of an architecture. */
export function nodePackage(architecture: string): string {
  return join(root, 'node_modules', `node-linux-${architecture}`);
}
