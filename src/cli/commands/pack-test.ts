import type { Command } from 'commander';
import * as z from 'zod';
import type { TestEvent, TestReport } from '../../contract/pack-test.ts';
import { openPack } from '../../packs/open-pack.ts';
import { openTests } from '../../packs/pack-tests.ts';
import { globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { openProgressLine } from '../follow/progress-line.ts';
import { plain } from '../format/table.ts';
import { summaryText, testText } from '../format/test-report.ts';
import { runTests } from '../pack/run-tests.ts';
import { statusOfTests, summarize } from '../pack/test-summary.ts';

const schema = globalOptions.extend({
  only: z.string().optional(),
  requireAll: z.boolean().default(false),
  agent: z.string().optional(),
});
type Options = z.infer<typeof schema>;

/** `pack test`: the tests of a pack, by the agent's engine, on this machine. */
export function defineTest(command: Command, context: Context): void {
  command
    .description('run the tests of a pack here, as a worker would, without a server')
    .argument('[folder]', 'the folder that holds pack.yaml', '.')
    .option('--only <text>', 'only tests with this text in their name, or in that of their action')
    .option('--require-all', 'count tests as failed that are skipped because this machine lacks a runtime')
    .option('--agent <file>', 'the sealed agent (default: attune-agent beside this command)')
    .addHelpText('after', afterHelp);
  onCall(command, { context, schema }, async ({ words: [folder = '.'], options }) =>
    test(folder, options, context),
  );
}

const afterHelp = `
Tests are lists in tests/*.yaml of the pack:

  - name: adds two numbers
    action: sum                        # of this pack
    parameters: {numbers: [1, 2]}
    timeout: 10                        # seconds, in the place of the action's own
    expect:
      state: completed                 # where nothing is said; failed where an exit_code or error_code is expected
      data: {sum: 3, count: 2}         # the whole result
      data_contains: {sum: 3}          # fields of it, at any depth; lists are compared whole
      exit_code: 0
      error_code: nonzero_exit
      stdout: {contains: sum}          # a text or a list of texts
      stderr: {matches: ['^added .* numbers$']}   # regular expressions, line by line

The exit status is 1 where a test fails, and 2 where there is none to run.

Examples:
  attune pack test ./examples/packs/example
  attune pack test --only statistics
  attune pack test ./packs/core --require-all --json`;

async function test(path: string, options: Options, context: Context): Promise<number> {
  const { agent, json, only, requireAll } = options;
  const { errors, output } = context;
  const pack = await openPack(path);
  const planned = await openTests(pack, only);
  const reports: TestReport[] = [];
  // Where nobody looks on, the line that each test leaves is enough.
  const progress = errors.isTTY === true && !json ? openProgressLine(context) : undefined;
  const show = (event: TestEvent): void => {
    if (event.event === 'begin') return progress?.show(`${plain(event.test.name)} (${event.test.action})`);
    reports.push(event.test);
    progress?.clear();
    if (!json) output.write(testText(output, event.test));
  };
  const code = await runTests({ folder: pack.folder, only, agent }, context, show).finally(() =>
    progress?.close(),
  );
  // What went wrong then, the agent has said itself.
  if (code > exitStatus.failed) return code;
  const summary = summarize(pack.definition.ref, planned.length, reports);
  if (json) printJson(context, summary);
  else output.write(`\n${summaryText(output, summary)}`);
  return statusOfTests(summary, requireAll);
}
