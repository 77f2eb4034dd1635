import * as z from 'zod';
import { pairs } from '../../shared/config/types.ts';
import { resources, type Limit, type Resource } from '../host/confinement.ts';

/** The types of the settings `job.*`, which come as text or as YAML values. */

/** `022` or `22`, octal; kept as text. */
export const umask = z.coerce
  .string()
  .regex(/^0?[0-7]{1,3}$/, 'must be permission bits in octal, like "022"');

/** A user as it was asked for: a name or a number; then at most a group, then further groups. */
export interface AskedUser {
  readonly user: string;
  readonly group: string | undefined;
  readonly groups: readonly string[];
}

/** `1000`, `1000:1000`, `1000:1000,27`, `app` or `app:staff`. Whom a name means is not known here. */
export const askedUser = z.coerce.string().transform((text, context): AskedUser => {
  const [user = '', listed, ...rest] = text.split(':');
  const names = [user, ...(listed?.split(',') ?? [])];
  const [, group, ...groups] = names;
  if (rest.length === 0 && names.every(isAccount)) return { user, group, groups };
  context.addIssue({ code: 'custom', message: 'must be a user like "1000", "1000:1000,27" or "app"' });
  return z.NEVER;
});

/** The largest number that means somebody: the one above it is "nobody in particular" to the kernel. */
const lastNumber = 2 ** 32 - 2;

function isAccount(text: string): boolean {
  return /^\d+$/.test(text) ? Number(text) <= lastNumber : /^[a-z_][\w.-]*\$?$/i.test(text);
}

/** `nofile=1024,as=2g,cpu=60:90`: one number, or soft:hard; `unlimited`; sizes with k, m or g. Or a YAML map. */
export const limits = pairs('limits like "nofile=1024,as=2g,core=0"').transform((texts, context): Limit[] =>
  Object.entries(texts).flatMap(([name, text]) => {
    const parsed = parseLimit(name, text);
    if (typeof parsed !== 'string') return [parsed];
    context.addIssue({ code: 'custom', message: parsed });
    return [];
  }),
);

const sizes: ReadonlySet<Resource> = new Set(['fsize', 'data', 'stack', 'core', 'memlock', 'as', 'msgqueue']);
const factors: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** @returns what is wrong with it, in words, where it is no limit */
function parseLimit(name: string, text: string): Limit | string {
  if (!isResource(name)) return `can't limit "${name}", only ${Object.keys(resources).join(', ')}`;
  const parts = text.split(':').map((part) => parseAmount(name, part.trim()));
  // Where both limits of the CPU time are the same, Linux does not warn: it kills at once, and nobody learns why.
  const [soft = Number.NaN, hard = name === 'cpu' ? soft + 1 : soft] = parts;
  if (parts.length > 2 || Number.isNaN(soft) || Number.isNaN(hard))
    return `must give ${name} ${sizes.has(name) ? 'a size like 512m' : 'a whole number'}, "unlimited", or two of them as soft:hard`;
  if (soft > hard) return `must not give ${name} a soft limit above the hard one`;
  return { resource: name, soft, hard };
}

function isResource(name: string): name is Resource {
  return Object.hasOwn(resources, name);
}

/** `NaN` for what is none. */
function parseAmount(resource: Resource, text: string): number {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  if (unit !== '' && !sizes.has(resource)) return Number.NaN;
  const amount = Number(digits) * (factors[unit.toLowerCase()] ?? 1);
  return Number.isSafeInteger(amount) ? amount : Number.NaN;
}
