/** A secret of more characters than this, and its lines, are known as they are and as JSON only: searching for all spellings of it would take too long. */
const largeSecret = 64 * 1024;
/** A line that is shorter says too little by itself: `}` or `EOF`. */
const shortestLine = 4;
/** A piece of base64 that is shorter is met by chance. */
const shortestFragment = 8;

/**
 * How a secret may turn up in output: as it is, trimmed, line by line, and each of these escaped as JSON, encoded as a URL, quoted for a
 * shell or in base64 (at any of the three places it can have within a longer encoded text).
 * Not found are other transformations: hexadecimal, compression, encryption, base64 broken into lines, a text cut into pieces by the program itself.
 */
export function spellings(secret: string): Set<string> {
  const texts = parts(secret.toWellFormed());
  return new Set(texts.flatMap(secret.length > largeSecret ? spellPlainly : spell));
}

function parts(secret: string): string[] {
  const lines = secret.split(/\r\n|\r|\n/).map((line) => line.trim());
  const telling = lines.length === 1 ? [] : lines.filter((line) => line.length >= shortestLine);
  return [...new Set([secret, secret.trim(), ...telling])];
}

function spell(text: string): string[] {
  const json = escapeJson(text);
  const ascii = json.replaceAll(/[^ -~]/g, escapeUnicode);
  const escaped = [json, ascii, json.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
  return [text, ...escaped, text.replaceAll("'", "'\\''"), ...urls(text), ...base64(text)];
}

function spellPlainly(text: string): string[] {
  return [text, escapeJson(text)];
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeUnicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function urls(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(/[!'()*]/g, escapePercent);
  const form = strict.replaceAll('%20', '+');
  return [component, strict, form, strict.replaceAll('%2F', '/')].flatMap((url) => [url, lowerEscapes(url)]);
}

function escapePercent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function lowerEscapes(url: string): string {
  return url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

/** Base64 carries 6 bits a character: of a text within another only the characters made of its own bits alone are known. */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  const fragments = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const whole = bytes.toString('base64').replaceAll('=', '');
  const known = [whole, ...fragments.filter((fragment) => fragment.length >= shortestFragment)];
  return known.flatMap((encoded) => [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')]);
}
