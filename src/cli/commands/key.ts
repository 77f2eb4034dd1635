import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import * as z from 'zod';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { listKeys, removeKey, setKey } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { askSecret } from '../ask-secret.ts';
import { age } from '../format/age.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';

export function define(command: Command, context: Context): void {
  defineSet(command.command('set'), context);
  defineList(command.command('list'), context);
  defineRemove(command.command('remove'), context);
  command.addHelpText(
    'after',
    `
A pack names the keys that the installers of its dependencies get in pack.yaml:
  environment_keys: { PIP_INDEX_URL: company.pypi }

Examples:
  attune key set company.pypi
  attune key list`,
  );
}

function defineSet(command: Command, context: Context): void {
  command
    .description('store a secret, or replace it; it is never shown again')
    .argument('<name>', 'like company.pypi')
    .option('--file <path>', 'read the value from a file, "-" for standard input')
    .addHelpText(
      'after',
      `
Without --file the value is asked for on a terminal, and read from standard input otherwise; a line end at its end is left out.

Examples:
  attune key set company.pypi
  attune key set company.pypi --file ./index-url.txt
  pass show company/pypi | attune key set company.pypi`,
    );
  const schema = globalOptions.extend({ file: z.string().optional() });
  onCall(command, { context, schema }, async ({ words: [name = ''], options }) => {
    const value = await readValue(name, options.file, context);
    const key = await setKey(clientFor(context, options), name, value.replace(/\r?\n$/, ''));
    if (options.json) printJson(context, key);
    else context.output.write(`Key ${key.name} is stored\n`);
  });
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list keys, without their values')).addHelpText(
    'after',
    '\nExamples:\n  attune key list',
  );
  onCall(command, { context, schema: listOptions }, async ({ options }) => {
    const page = await listKeys(clientFor(context, options), options);
    const now = new Date();
    printPage(context, options, page, {
      headings: ['key', 'age'],
      row: ({ name, updated }) => [name, age(updated, now)],
    });
  });
}

function defineRemove(command: Command, context: Context): void {
  command
    .description('remove a key')
    .argument('<name>', 'like company.pypi')
    .addHelpText('after', '\nExamples:\n  attune key remove company.pypi');
  onCall(command, { context, schema: globalOptions }, async ({ words: [name = ''], options }) => {
    const key = await removeKey(clientFor(context, options), name);
    if (options.json) printJson(context, key);
    else context.output.write(`Key ${key.name} is removed\n`);
  });
}

async function readValue(
  name: string,
  file: string | undefined,
  { input, errors }: Context,
): Promise<string> {
  if (file === undefined && errors.isTTY === true && isTerminal(input))
    return askSecret(`Value of ${name}: `, input, errors);
  if (file === undefined || file === '-') return text(input);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('invalid_arguments', `${file} can't be read: ${describeError(error)}`);
  }
}

function isTerminal(input: Context['input']): boolean {
  return 'isTTY' in input && input.isTTY === true;
}
