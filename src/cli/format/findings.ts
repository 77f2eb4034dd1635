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
  const placed = findings.map((finding) => ({ finding, place: placeOf(finding.path) }));
  const sorted = placed.toSorted((one, other) => compare(one.place, other.place));
  const lines = sorted.map(({ finding, place }, index) => {
    const startsFile = index > 0 && sorted[index - 1]?.place.file !== place.file;
    return `${startsFile ? '\n' : ''}${findingText(output, folder, finding)}`;
  });
  return lines.join('');
}

function findingText(output: Output, folder: string, { kind, message, path: place }: Finding): string {
  const shown = path.isAbsolute(place) ? place : path.join(folder, place);
  return `${plain(shown)}: ${paint(output, colours[kind], kind)}: ${plain(message)}\n`;
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
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}
