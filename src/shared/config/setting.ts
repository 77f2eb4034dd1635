import type * as z from 'zod';

/**
 * One setting, said once: flag, variable, file key, default and documentation all come from here.
 * The flag is `--worker-name` for the key `worker.name`; the variable is `ATTUNE__WORKER__NAME` unless `variable` says
 * otherwise. `<VARIABLE>_FILE` names a file that holds the value, as container engines mount secrets.
 */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly key: string;
  readonly variable?: string;
  readonly schema: Schema;
  readonly description: string;
  /** Never shown: not in logs, errors, `--help` or the settings that a server reports. */
  readonly secret?: boolean;
}

export type Settings = Readonly<Record<string, Setting>>;
export type Configuration<S extends Settings> = { readonly [Name in keyof S]: z.output<S[Name]['schema']> };

/** Keeps the exact schema type of a setting. */
export function setting<Schema extends z.ZodType>(definition: Setting<Schema>): Setting<Schema> {
  return definition;
}

export function variableOf({ key, variable }: Setting): string {
  return variable ?? `ATTUNE__${key.toUpperCase().replaceAll('.', '__')}`;
}

export function flagOf({ key }: Setting): string {
  return `--${key.replaceAll(/[._]/g, '-')}`;
}

/** The default as a person would write it, or `undefined` where there is none. */
export function defaultOf({ schema }: Setting): string | undefined {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return undefined;
  return typeof parsed.data === 'string' ? parsed.data : JSON.stringify(parsed.data);
}
