import type { Command } from 'commander';
import * as z from 'zod';
import { executionState } from '../../contract/execution-state.ts';
import {
  cancelExecution,
  listAttempts,
  listExecutions,
  retryExecution,
  showExecution,
} from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { age, duration } from '../format/age.ts';
import { describeExecution, endText, runMilliseconds } from '../format/execution.ts';
import { paintState } from '../format/paint.ts';
import { plain } from '../format/table.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';
import { executionNumber } from '../words.ts';
import { defineLogs } from './execution-logs.ts';

export function define(command: Command, context: Context): void {
  defineList(command.command('list'), context);
  defineShow(command.command('show'), context);
  defineLogs(command.command('logs'), context);
  defineAttempts(command.command('attempts'), context);
  defineRetry(command.command('retry'), context);
  defineCancel(command.command('cancel'), context);
  command.addHelpText(
    'after',
    '\nExamples:\n  attune execution list --state failed\n  attune execution show 12\n  attune execution logs -f 12',
  );
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list executions, the newest first'))
    .option('--action <action>', 'only those of this action')
    .option('--state <state>', `only those that are ${executionState.options.join(', ')}`)
    .option('--pool <pool>', 'only those of this pool')
    .addHelpText(
      'after',
      '\nExamples:\n  attune execution list\n  attune execution list --state failed --action core.echo --limit 200',
    );
  const schema = listOptions.extend({
    action: z.string().optional(),
    state: executionState.optional(),
    pool: z.string().optional(),
  });
  onCall(command, { context, schema }, async ({ options }) => {
    const { action, state, pool } = options;
    const page = await listExecutions(clientFor(context, options), {
      ...options,
      filters: { action, state, pool },
    });
    const now = new Date();
    printPage(context, options, page, {
      headings: ['id', 'action', 'state', 'age', 'ran', 'worker', 'end'],
      row: (execution) => {
        const run = runMilliseconds(execution, now);
        return [
          String(execution.id),
          execution.action,
          paintState(context.output, execution.state),
          age(execution.requested, now),
          run === null ? '-' : duration(run),
          execution.worker?.name ?? '-',
          plain(execution.waiting_reason ?? '') || endText(execution) || '-',
        ];
      },
    });
  });
}

function defineShow(command: Command, context: Context): void {
  command
    .description('show an execution: its state, what it waits for, its result')
    .argument('<execution>', 'its number')
    .addHelpText('after', '\nExamples:\n  attune execution show 12\n  attune execution show 12 --json');
  onCall(command, { context, schema: globalOptions }, async ({ words: [word], options }) => {
    const execution = await showExecution(clientFor(context, options), executionNumber(word));
    if (options.json) printJson(context, execution);
    else context.output.write(describeExecution(context.output, execution, new Date()));
  });
}

function defineAttempts(command: Command, context: Context): void {
  command
    .description('list the tries of an execution; "logs --epoch" reads the log of each')
    .argument('<execution>', 'its number')
    .addHelpText(
      'after',
      '\nExamples:\n  attune execution attempts 12\n  attune execution logs 12 --epoch 1',
    );
  onCall(command, { context, schema: globalOptions }, async ({ words: [word], options }) => {
    const items = await listAttempts(clientFor(context, options), executionNumber(word));
    const now = new Date();
    printPage(
      context,
      options,
      { items, next_cursor: null },
      {
        headings: ['epoch', 'state', 'worker', 'ran', 'end'],
        row: (attempt) => {
          const run = runMilliseconds(attempt, now);
          return [
            String(attempt.epoch),
            paintState(context.output, attempt.state),
            attempt.worker?.name ?? '-',
            run === null ? '-' : duration(run),
            endText(attempt) || '-',
          ];
        },
      },
    );
  });
}

function defineRetry(command: Command, context: Context): void {
  command
    .description('run an execution that has ended once more, as a new one with the same parameters')
    .argument('<execution>', 'its number')
    .addHelpText(
      'after',
      '\nExamples:\n  attune execution retry 12\n  attune execution list --state failed --json',
    );
  onCall(command, { context, schema: globalOptions }, async ({ words: [word], options }) => {
    const execution = await retryExecution(clientFor(context, options), executionNumber(word));
    if (options.json) printJson(context, execution);
    else context.output.write(`Execution ${execution.id} repeats ${execution.retry_of}.\n`);
  });
}

function defineCancel(command: Command, context: Context): void {
  command
    .description('cancel an execution; one that has ended stays as it is')
    .argument('<execution>', 'its number')
    .addHelpText('after', '\nExamples:\n  attune execution cancel 12');
  onCall(command, { context, schema: globalOptions }, async ({ words: [word], options }) => {
    const execution = await cancelExecution(clientFor(context, options), executionNumber(word));
    if (options.json) printJson(context, execution);
    else
      context.output.write(`Execution ${execution.id} is ${paintState(context.output, execution.state)}.\n`);
  });
}
