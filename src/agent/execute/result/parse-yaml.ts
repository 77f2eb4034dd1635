import { parseDocument, YAMLError } from 'yaml';
import { unparsable } from './unparsable.ts';

/**
 * One YAML 1.2 document. Aliases may not blow it up.
 * @throws AttuneError `output_unparsable`
 */
export function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw unparsable('yaml', describe(error));
  }
}

/** The library's messages quote the text. */
function describe(error: unknown): string {
  if (error instanceof YAMLError) {
    const [place] = error.linePos ?? [];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.col}`;
    return `${error.code.toLowerCase().replaceAll('_', ' ')}${where}`;
  }
  return error instanceof RangeError ? 'it is nested too deeply' : 'its aliases are unresolved or too many';
}
