import type { Command } from 'commander';
import { join } from 'node:path';
import * as z from 'zod';
import { packRef } from '../../contract/names.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import { AttuneError } from '../../shared/errors.ts';
import { globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import type { Script } from '../pack/new/script.ts';
import { scripts } from '../pack/new/scripts.ts';
import { skeletonOf } from '../pack/new/skeleton.ts';
import { writePack } from '../pack/new/write-pack.ts';

const runtimes = scripts.map(({ runtime }) => runtime).join(', ');

const schema = globalOptions.extend({
  runtime: z.string().default('python'),
  dir: z.string().default('.'),
});

/** `pack new`: a pack that works, to begin with. */
export function defineNew(command: Command, context: Context): void {
  command
    .description('write a new pack: an action that works, its script, and tests of it')
    .argument('<name>', 'of the pack, like core; its folder is named after it')
    .option('--runtime <runtime>', `what the script is written in: ${runtimes} (default: python)`)
    .option('--dir <folder>', 'where to make the folder of the pack (default: here)')
    .addHelpText(
      'after',
      '\nExamples:\n  attune pack new greetings\n  attune pack new deploy --runtime shell --dir ./packs && attune pack test ./packs/deploy',
    );
  onCall(command, { context, schema }, async ({ words: [name = ''], options: { dir, json, runtime } }) => {
    const folder = join(dir, packName(name));
    const files = skeletonOf(name, scriptFor(runtime));
    await writePack(folder, files);
    const paths = files.map(({ path }) => join(folder, path));
    if (json) return printJson(context, { pack: name, folder, files: paths });
    context.output.write(`Pack ${name}:\n${paths.map((path) => `  ${path}\n`).join('')}`);
    context.errors.write(`"attune pack test ${folder}" runs its tests.\n`);
  });
}

function packName(name: string): string {
  const parsed = packRef.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new AttuneError(
    'invalid_arguments',
    `The name "${name}" ${parsed.error.issues[0]?.message ?? 'is wrong'}`,
  );
}

function scriptFor(name: string): Script {
  const wanted = canonicalRuntime(name);
  const script = scripts.find(({ runtime }) => runtime === wanted);
  if (script !== undefined) return script;
  throw new AttuneError(
    'invalid_arguments',
    `There is no script to begin with in "${name}"; there is one in ${runtimes}`,
  );
}
