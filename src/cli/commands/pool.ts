import type { Command } from 'commander';
import { listPools } from '../api/endpoints.ts';
import { clientFor, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { labelsText, runtimesText } from '../format/capabilities.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';

export function define(command: Command, context: Context): void {
  defineList(command.command('list'), context);
  command.addHelpText('after', '\nExamples:\n  attune pool list');
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list pools with their load')).addHelpText(
    'after',
    '\nA pool stays on record when its last worker is gone, so that an autoscaler can start from zero.\n\nExamples:\n  attune pool list\n  attune pool list --json',
  );
  onCall(command, { context, schema: listOptions }, async ({ options }) => {
    const page = await listPools(clientFor(context, options), options);
    printPage(context, options, page, {
      headings: ['pool', 'workers', 'slots', 'scheduled', 'running', 'runtimes', 'labels'],
      row: ({ name, workers, slots, scheduled, running, capabilities }) => [
        name,
        ...[workers, slots, scheduled, running].map(String),
        runtimesText(capabilities.runtimes),
        labelsText(capabilities),
      ],
    });
  });
}
