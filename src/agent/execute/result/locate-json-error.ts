/** Where a text stops being JSON: offset in UTF-16 units, and what is wrong there without a word of the text. */
export interface JsonError {
  readonly offset: number;
  readonly problem: string;
}

/** What may come next. */
type Expectation = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma' | 'end';

const blank = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"(?:[ !#-[\]-\uFFFF]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

/** Finds the first error of a text that JSON.parse refused. Needs no more stack for deep nesting than for flat text. */
export function locateJsonError(text: string): JsonError {
  const open: ('{' | '[')[] = [];
  let expected: Expectation = 'value';
  for (let offset = skip(blank, text, 0); offset < text.length; offset = skip(blank, text, offset)) {
    const end = skip(token, text, offset);
    if (end === offset) return { offset, problem: describeCharacter(text, offset) };
    const next = advance(expected, text.charAt(offset), open);
    if (next === undefined) return { offset, problem: `unexpected ${nameToken(text.charAt(offset))}` };
    expected = next;
    offset = end;
  }
  return { offset: text.length, problem: 'the text ends too early' };
}

/** The expectation after a token, known by its first character; `undefined` when it may not stand there. */
function advance(expected: Expectation, first: string, open: ('{' | '[')[]): Expectation | undefined {
  const after = (): Expectation => (open.length === 0 ? 'end' : 'comma');
  switch (first) {
    case '{':
    case '[':
      if (expected !== 'value' && expected !== 'first value') return undefined;
      open.push(first);
      return first === '{' ? 'first name' : 'first value';
    case '}':
      if (open.at(-1) !== '{' || (expected !== 'comma' && expected !== 'first name')) return undefined;
      open.pop();
      return after();
    case ']':
      if (open.at(-1) !== '[' || (expected !== 'comma' && expected !== 'first value')) return undefined;
      open.pop();
      return after();
    case ',':
      if (expected !== 'comma') return undefined;
      return open.at(-1) === '{' ? 'name' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    default:
      if (first === '"' && (expected === 'name' || expected === 'first name')) return 'colon';
      return expected === 'value' || expected === 'first value' ? after() : undefined;
  }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function describeCharacter(text: string, offset: number): string {
  return text[offset] === '"' ? 'a string that does not end or holds a bad escape' : 'unexpected character';
}

function nameToken(first: string): string {
  if (first === '"') return 'string';
  return /[{}[\],:]/.test(first) ? `"${first}"` : 'value';
}
