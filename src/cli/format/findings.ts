import path from 'node:path';
import type { Violation } from '../../contract/problem.ts';
import type { Output } from '../context.ts';
import { paint } from './paint.ts';
import { plain } from './table.ts';

/** Something about a place in a file, as `name:line:column`. */
export interface Finding extends Violation {
  readonly kind: 'error' | 'warning';
}

const colours = { error: 'red', warning: 'yellow' } as const;

/**
 * Findings as compilers and editors write them, `file:line:column: error: message`; those of one file together, in the order of the file.
 * @param folder as the user named it; it goes before the names of files
 */
export function findingsText(output: Output, folder: string, findings: readonly Finding[]): string {
  const files = Map.groupBy(findings, ({ path: place }) => placeOf(place).file);
  const sorted = [...files].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, group]) => fileText(output, folder, group)).join('\n');
}

function fileText(output: Output, folder: string, findings: readonly Finding[]): string {
  const sorted = findings.toSorted((one, other) => compare(placeOf(one.path), placeOf(other.path)));
  return sorted
    .map(({ kind, message, path: place }) => {
      const shown = path.isAbsolute(place) ? place : path.join(folder, place);
      return `${plain(shown)}: ${paint(output, colours[kind], kind)}: ${plain(message)}\n`;
    })
    .join('');
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function placeOf(text: string): Place {
  const [, file = text, line = '0', column = '0'] = /^(.*?):(\d+):(\d+)$/s.exec(text) ?? [];
  return { file, line: Number(line), column: Number(column) };
}

function compare(one: Place, other: Place): number {
  return one.line - other.line || one.column - other.column;
}
