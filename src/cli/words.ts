import { AttuneError } from '../shared/errors.ts';

/** The number of an execution out of a word of the command line. @throws AttuneError `invalid_arguments` */
export function executionNumber(word = ''): number {
  if (/^[1-9]\d{0,15}$/.test(word)) return Number(word);
  throw new AttuneError('invalid_arguments', `"${word}" is not the number of an execution, like 12.`);
}

/** `1 test`, `2 tests`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
