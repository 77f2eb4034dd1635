import type { Command } from 'commander';
import { resolve } from 'node:path';
import * as z from 'zod';
import { checkPack, type CheckedPack } from '../../packs/check-pack.ts';
import { globalOptions, onCall, printJson } from '../call.ts';
import type { Context, Output } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { findingsText, type Finding } from '../format/findings.ts';
import { paint } from '../format/paint.ts';
import { count } from '../words.ts';

const schema = globalOptions.extend({ strict: z.boolean().default(false) });

/** `pack check`: everything that can be said of a pack without a server and without running it. */
export function defineCheck(command: Command, context: Context): void {
  command
    .description('name every problem of a pack, with file, line and column, without a server')
    .argument('[folder]', 'the folder that holds pack.yaml', '.')
    .option('--strict', 'count warnings as problems')
    .addHelpText(
      'after',
      `
The exit status is 1 where there are problems; warnings alone leave it at 0.

Examples:
  attune pack check ./examples/packs/example
  attune pack check --strict --json`,
    );
  onCall(command, { context, schema }, async ({ words: [folder = '.'], options: { json, strict } }) => {
    const checked = await checkPack(resolve(folder));
    if (json) printJson(context, toJson(checked));
    else context.output.write(describe(context.output, folder, checked));
    const { problems, warnings } = checked;
    return problems.length + (strict ? warnings.length : 0) === 0 ? exitStatus.ok : exitStatus.failed;
  });
}

function toJson({ pack, problems, tests, warnings }: CheckedPack) {
  return {
    pack: pack?.definition?.ref ?? null,
    actions: pack?.actions.map(({ ref }) => ref) ?? [],
    runtimes: pack?.runtimes.map(({ name }) => name) ?? [],
    tests,
    problems,
    warnings,
  };
}

function describe(output: Output, folder: string, checked: CheckedPack): string {
  const { problems, warnings } = checked;
  const findings: Finding[] = [
    ...problems.map((problem) => ({ ...problem, kind: 'error' as const })),
    ...warnings.map((warning) => ({ ...warning, kind: 'warning' as const })),
  ];
  if (findings.length === 0) return `${paint(output, 'green', '✔')} ${contentText(checked)}\n`;
  const found = [
    ...(problems.length === 0 ? [] : [paint(output, 'red', count(problems.length, 'problem'))]),
    ...(warnings.length === 0 ? [] : [paint(output, 'yellow', count(warnings.length, 'warning'))]),
  ];
  return `${findingsText(output, folder, findings)}\n${contentText(checked)}: ${found.join(', ')}\n`;
}

function contentText({ pack, tests }: CheckedPack): string {
  if (pack === undefined) return 'No pack';
  const { actions, definition, runtimes } = pack;
  const parts = [
    count(actions.length, 'action'),
    ...(runtimes.length === 0 ? [] : [count(runtimes.length, 'runtime')]),
    count(tests, 'test'),
  ];
  return `Pack ${definition?.ref ?? '?'} with ${parts.join(', ')}`;
}
