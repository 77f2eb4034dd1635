import type { Command } from 'commander';
import { listPacks, showPack } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { age } from '../format/age.ts';
import { details } from '../format/details.ts';
import { plain } from '../format/table.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';
import { defineArchive } from './pack-archive.ts';
import { defineCheck } from './pack-check.ts';
import { defineNew } from './pack-new.ts';
import { defineRegister } from './pack-register.ts';
import { defineTest } from './pack-test.ts';

export function define(command: Command, context: Context): void {
  defineRegister(command.command('register'), context);
  defineList(command.command('list'), context);
  defineShow(command.command('show'), context);
  defineArchive(command.command('archive'), context);
  defineNew(command.command('new'), context);
  defineCheck(command.command('check'), context);
  defineTest(command.command('test'), context);
  command.addHelpText(
    'after',
    '\nExamples:\n  attune pack new greetings --runtime ruby\n  attune pack check ./examples/packs/example\n  attune pack register ./examples/packs/example\n  attune pack list',
  );
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list packs')).addHelpText('after', '\nExamples:\n  attune pack list');
  onCall(command, { context, schema: listOptions }, async ({ options }) => {
    const page = await listPacks(clientFor(context, options), options);
    const now = new Date();
    printPage(context, options, page, {
      headings: ['pack', 'version', 'age', 'description'],
      row: ({ ref, version, updated, description }) => [ref, version, age(updated, now), plain(description)],
    });
  });
}

function defineShow(command: Command, context: Context): void {
  command
    .description('show a pack')
    .argument('<pack>', 'like core')
    .addHelpText('after', '\nExamples:\n  attune pack show example');
  onCall(command, { context, schema: globalOptions }, async ({ words: [ref = ''], options }) => {
    const pack = await showPack(clientFor(context, options), ref);
    if (options.json) return printJson(context, pack);
    context.output.write(
      details({
        Pack: pack.ref,
        Version: pack.version,
        Label: plain(pack.label ?? '') || null,
        Description: plain(pack.description) || null,
        Author: plain(pack.author ?? '') || null,
        Tags: plain(pack.tags.join(', ')) || null,
        Digest: pack.digest,
        Updated: pack.updated,
      }),
    );
  });
}
