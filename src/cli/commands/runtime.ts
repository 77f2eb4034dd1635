import type { Command } from 'commander';
import { listRuntimes } from '../api/endpoints.ts';
import { clientFor, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { plain } from '../format/table.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';

export function define(command: Command, context: Context): void {
  defineList(command.command('list'), context);
  command.addHelpText('after', '\nExamples:\n  attune runtime list');
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list the runtimes that packs and workers brought')).addHelpText(
    'after',
    '\nExamples:\n  attune runtime list\n  attune runtime list --json',
  );
  onCall(command, { context, schema: listOptions }, async ({ options }) => {
    const page = await listRuntimes(clientFor(context, options), options);
    printPage(context, options, page, {
      headings: ['runtime', 'ref', 'from', 'versions seen', 'aliases'],
      row: (runtime) => [
        runtime.name,
        runtime.ref,
        runtime.auto_detected ? 'a worker' : `pack ${runtime.pack ?? '-'}`,
        plain(runtime.detected_versions.join(', ')) || '-',
        plain(runtime.aliases.join(', ')) || '-',
      ],
    });
  });
}
