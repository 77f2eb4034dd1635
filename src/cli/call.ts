import type { Command } from 'commander';
import * as z from 'zod';
import { readConfiguration } from '../shared/config/read.ts';
import { trustCaBundle } from '../shared/certificates/trust.ts';
import { AttuneError } from '../shared/errors.ts';
import { createClient, type Client } from './api/client.ts';
import type { Context } from './context.ts';
import { clientSettings } from './settings.ts';

/** The options that every command has. */
export const globalOptions = z.object({
  apiUrl: z.string().optional(),
  caBundle: z.string().optional(),
  json: z.boolean().default(false),
});
export type GlobalOptions = z.infer<typeof globalOptions>;

/** A command as it was typed. */
export interface Call<Options> {
  readonly words: readonly string[];
  readonly options: Options;
}

/**
 * Makes `handler` what the command does. Options arrive parsed by `schema`; the handler returns the exit status where it
 * is not 0.
 */
export function onCall<Schema extends z.ZodType>(
  command: Command,
  { context, schema }: { readonly context: Context; readonly schema: Schema },
  handler: (call: Call<z.output<Schema>>) => Promise<number | void>,
): void {
  command.action(async () => {
    const options = schema.safeParse(command.optsWithGlobals());
    if (!options.success) throw wrongOptions(options.error);
    const status = await handler({ words: command.args, options: options.data });
    context.setExitStatus(status ?? 0);
  });
}

/** The client for the server that options and environment name. */
export function clientFor(context: Context, { apiUrl, caBundle }: GlobalOptions): Client {
  const configuration = readConfiguration(clientSettings, {
    flags: { '--api-url': apiUrl, '--ca-bundle': caBundle },
    environment: context.environment,
  });
  trustCaBundle(configuration.caBundle);
  return createClient({ url: configuration.apiUrl, token: configuration.apiToken });
}

/** Prints a value for programs. */
export function printJson({ output }: Context, value: unknown): void {
  output.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function wrongOptions(error: z.ZodError): AttuneError {
  const violations = error.issues.map(({ path, message }) => ({ path: `--${path.join('.')}`, message }));
  return new AttuneError('invalid_arguments', 'The options are not understood', { violations });
}
