import type { Command } from 'commander';
import * as z from 'zod';
import type { ActionView } from '../../contract/api/action.ts';
import { listActions, showAction } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { details } from '../format/details.ts';
import { plain, table } from '../format/table.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';

export function define(command: Command, context: Context): void {
  defineList(command.command('list'), context);
  defineShow(command.command('show'), context);
  command.addHelpText(
    'after',
    '\nExamples:\n  attune action list --pack example\n  attune action show core.echo',
  );
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list actions'))
    .option('--pack <pack>', 'only those of this pack')
    .addHelpText('after', '\nExamples:\n  attune action list\n  attune action list --pack example');
  const schema = listOptions.extend({ pack: z.string().optional() });
  onCall(command, { context, schema }, async ({ options }) => {
    const filters = { pack: options.pack };
    const page = await listActions(clientFor(context, options), { ...options, filters });
    printPage(context, options, page, {
      headings: ['action', 'runtime', 'version', 'description'],
      row: ({ ref, runtime, runtime_version: version, description, label }) => [
        ref,
        runtime,
        plain(version ?? '*'),
        plain(description || (label ?? '')),
      ],
    });
  });
}

function defineShow(command: Command, context: Context): void {
  command
    .description('show an action and its parameters')
    .argument('<action>', 'like core.echo')
    .addHelpText('after', '\nExamples:\n  attune action show core.echo');
  onCall(command, { context, schema: globalOptions }, async ({ words: [ref = ''], options }) => {
    const action = await showAction(clientFor(context, options), ref);
    if (options.json) printJson(context, action);
    else context.output.write(`${describeAction(action)}\n${parameterTable(action)}`);
  });
}

function describeAction(action: ActionView): string {
  return details({
    Action: action.ref,
    Description: plain(action.description) || null,
    Enabled: action.enabled ? null : 'no',
    Runtime: `${action.runtime} ${plain(action.runtime_version ?? '')}`.trim(),
    'Also needs': pairs(action.required_worker_runtimes, ' '),
    'Worker labels': pairs(action.worker_selector, '='),
    'Entry point': plain(action.entry_point),
    Parameters: `${action.parameter_format} by ${action.parameter_delivery}`,
    Output: action.output_format,
    Timeout: `${action.timeout}s`,
  });
}

function pairs(record: Readonly<Record<string, string>>, sign: string): string | null {
  const texts = Object.entries(record).map(([name, value]) => `${name}${sign}${value}`);
  return plain(texts.join(', ')) || null;
}

function parameterTable({ parameters }: ActionView): string {
  const rows = Object.entries(parameters).map(([name, definition]) => [
    plain(name),
    [definition.type ?? 'any'].flat().join('|'),
    [definition.required === true ? 'required' : '', definition.secret === true ? 'secret' : '']
      .join(' ')
      .trim() || '-',
    definition.default === undefined ? '-' : plain(JSON.stringify(definition.default)),
    plain(definition.description ?? ''),
  ]);
  if (rows.length === 0) return 'It takes no parameters.\n';
  return table(['parameter', 'type', '', 'default', 'description'], rows);
}
