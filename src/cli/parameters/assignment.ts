import { AttuneError } from '../../shared/errors.ts';
import type { Violation } from '../../contract/problem.ts';

/** One `key=value` of the command line, not yet typed. */
export interface Assignment {
  readonly name: string;
  /** `text` is typed by the action's schema; `json` is taken as it is; `file` holds the path of a text. */
  readonly kind: 'text' | 'json' | 'file';
  readonly value: string;
}

const kinds = { '=': 'text', ':=': 'json', '=@': 'file' } as const;

/**
 * Reads `key=value`, `key:=JSON` and `key=@FILE`.
 * @throws AttuneError `invalid_arguments` that names every argument which is none of them or names a parameter again
 */
export function parseAssignments(words: readonly string[]): Assignment[] {
  const assignments = words.map((word) => parseAssignment(word));
  const names = assignments.map((assignment) => assignment?.name);
  const violations = words.flatMap((word, index): Violation[] => {
    const name = names[index];
    if (name === undefined) return [{ path: word, message: 'is not key=value, key:=JSON or key=@FILE' }];
    return names.indexOf(name) === index ? [] : [{ path: word, message: `gives ${name} a second time` }];
  });
  if (violations.length > 0)
    throw new AttuneError('invalid_arguments', 'The parameters are not understood', { violations });
  return assignments.filter((assignment) => assignment !== undefined);
}

function parseAssignment(word: string): Assignment | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_.-]*)(:=|=@|=)(.*)$/s.exec(word);
  if (match === null) return undefined;
  const [, name = '', sign = '=', value = ''] = match;
  return { name, kind: isSign(sign) ? kinds[sign] : 'text', value };
}

function isSign(sign: string): sign is keyof typeof kinds {
  return Object.hasOwn(kinds, sign);
}
