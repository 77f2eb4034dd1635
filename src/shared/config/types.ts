import * as z from 'zod';

/** Settings arrive as text (flag, variable) or as YAML values (file): these schemas take both. */

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number) {
  return z.coerce
    .number(`must be a whole number`)
    .int('must be a whole number')
    .min(minimum, `must be at least ${minimum}`);
}

/** Seconds, fractions allowed; `90`, `90s`, `5m`, `2h`. The value is in seconds. */
export const seconds = z.union([z.number(), z.string()]).transform((value, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(value).trim());
  if (match === null) {
    context.addIssue({ code: 'custom', message: 'must be a time like "90s", "5m" or a number of seconds' });
    return z.NEVER;
  }
  const factors: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  return Number(match[1]) * (factors[match[2] ?? 's'] ?? 1);
});

/** `512m`, `20g`, `1.5t` or a number of bytes. The value is in bytes. */
export const bytes = z.union([z.number(), z.string()]).transform((value, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(String(value).trim());
  if (match === null) {
    context.addIssue({ code: 'custom', message: 'must be a size like "512m", "20g" or a number of bytes' });
    return z.NEVER;
  }
  const power = ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' ');
  return Math.round(Number(match[1]) * 1024 ** power);
});

/** `true/false`, `1/0`, `yes/no`, `on/off`. */
export const truth = z.union([z.boolean(), z.stringbool()], 'must be true or false');

/** `a,b,c` or a YAML list. */
export const list = z.union([z.array(z.string()), z.string().transform(splitList)]);

/**
 * `a=1,b=2` or a YAML map.
 * @param wanted what that is, for the error: `labels like "gpu=true"`
 */
export function pairs(wanted: string) {
  const written = z.string().transform((text, context) => {
    const entries = splitList(text).map((pair) => pair.split('=', 2));
    for (const [name, value] of entries) {
      if (name !== '' && value !== undefined) continue;
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    }
    return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
  });
  return z.union([z.record(z.string(), z.coerce.string()), written], `must be ${wanted}`);
}

export const labels = pairs('labels like "gpu=true,zone=a"');

/** A URL with one of the schemes, kept as text. */
export function url(...schemes: string[]) {
  const wanted = schemes.map((scheme) => `${scheme}://`).join(' or ');
  return z
    .string()
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
      error: `must be a URL that starts with ${wanted}`,
    });
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
