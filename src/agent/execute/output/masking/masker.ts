import type { JsonValue } from '../../../../contract/parameter-schema.ts';
import { MaskedStream } from './masked-stream.ts';
import { PatternAutomaton } from './pattern-automaton.ts';
import { spellings } from './spellings.ts';

/** A stream of bytes on its way out. All answer what is certain by now; `tear` is for where a part of the stream is missing. */
export interface StreamMask {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
  tear(): Uint8Array;
}

/** Writes `***` over the secrets of one attempt. */
export interface Masker {
  /** A new stream, with a state of its own. */
  stream(): StreamMask;
  text(text: string): string;
  /** Every string, every name and every number that holds a secret. */
  json(value: JsonValue): JsonValue;
}

/**
 * @param secrets texts to mask, in every spelling that `spellings` knows; without any, everything passes untouched and uncopied
 */
export function createMasker(secrets: readonly string[]): Masker {
  const patterns = new Set(secrets.flatMap((secret) => [...spellings(secret)]));
  patterns.delete('');
  if (patterns.size === 0) return openMasker;
  const automaton = new PatternAutomaton([...patterns].map((pattern) => Buffer.from(pattern)));
  const text = (plain: string): string => maskText(automaton, plain);
  return {
    stream: () => new MaskedStream(automaton),
    text,
    json: (value) => maskJson(value, text),
  };
}

const openMasker: Masker = {
  stream: () => ({ push: (bytes) => bytes, end: () => new Uint8Array(), tear: () => new Uint8Array() }),
  text: (text) => text,
  json: (value) => value,
};

function maskText(automaton: PatternAutomaton, text: string): string {
  const bytes = Buffer.from(text);
  const stream = new MaskedStream(automaton);
  const masked = Buffer.concat([stream.push(bytes), stream.end()]);
  return masked.equals(bytes) ? text : masked.toString();
}

function maskJson(value: JsonValue, text: (plain: string) => string): JsonValue {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return maskNumber(value, text);
  if (Array.isArray(value)) return value.map((item) => maskJson(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [text(name), maskJson(inner, text)]),
  );
}

function maskNumber(value: number, text: (plain: string) => string): JsonValue {
  const plain = String(value);
  const masked = text(plain);
  return masked === plain ? value : masked;
}
