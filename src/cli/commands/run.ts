import type { Command } from 'commander';
import * as z from 'zod';
import { isTerminal } from '../../contract/execution-state.ts';
import type { ExecutionView } from '../../contract/api/execution.ts';
import { statusOfExecution } from '../../shared/execution-status.ts';
import { execute, executionPath, showAction } from '../api/endpoints.ts';
import type { Client } from '../api/client.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { followExecution } from '../follow/follow-execution.ts';
import { textReader } from '../follow/readers.ts';
import { summaryLine } from '../format/execution.ts';
import { gatherParameters } from '../parameters/gather.ts';

const schema = globalOptions.extend({
  paramsFile: z.string().optional(),
  follow: z.boolean().default(false),
  maxAttempts: z.coerce.number('must be a number').int().min(1).max(100).optional(),
  retryDelay: z.coerce.number('must be a number').min(0).default(0),
});
type RunOptions = z.infer<typeof schema>;

export function define(command: Command, context: Context): void {
  command
    .argument('<action>', 'like core.echo')
    .argument('[parameters...]', 'key=value as the action types it, key:=JSON, key=@FILE')
    .option('--params-file <file>', 'JSON or YAML file with parameters, - for standard input')
    .option(
      '--max-attempts <number>',
      'try again where it fails, times out or loses its worker, so often in all',
    )
    .option('--retry-delay <seconds>', 'how long to wait before another try (default: 0)')
    .option('-f, --follow', 'show the log as it grows, and end as the action ends')
    .addHelpText('after', afterHelp);
  onCall(command, { context, schema }, async ({ words: [action = '', ...words], options }) => {
    const client = clientFor(context, options);
    const { parameters: definitions } = await showAction(client, action);
    const sources = { words, file: options.paramsFile, input: context.input };
    const parameters = await gatherParameters(sources, definitions);
    const execution = await execute(client, { action, parameters, ...retryOf(options) });
    if (options.follow) return await follow(client, execution, context, options);
    announce(client, execution, context, options);
    return exitStatus.ok;
  });
}

/** In the place of what the action says of retries, where the user says anything. */
function retryOf({ maxAttempts, retryDelay }: RunOptions) {
  return maxAttempts === undefined ? {} : { retry: { max_attempts: maxAttempts, delay: retryDelay } };
}

const afterHelp = `
With --follow, the action's stdout goes to stdout and its stderr to stderr; the first Ctrl-C cancels the
execution, the second leaves it running. The exit status is that of the action; 124 after a timeout, 130 when
it was cancelled, 128 + n when signal n ended it. With --json, logs go to stderr and stdout gets the execution.

Examples:
  attune run example.primes limit=100
  attune run example.statistics --params-file parameters.yaml --follow
  attune run example.fail --max-attempts 3 --retry-delay 10 --follow
  attune run deploy.start 'targets:=["a", "b"]' key=@id_ed25519.pub -f
  echo '{"numbers": [1, 2, 3]}' | attune run example.statistics --params-file - -f`;

function announce(client: Client, execution: ExecutionView, context: Context, { json }: RunOptions): void {
  if (json) return printJson(context, execution);
  const { id } = execution;
  context.output.write(`${id} ${new URL(executionPath(id), client.url).href}\n`);
  if (context.errors.isTTY === true)
    context.errors.write(
      `"attune execution logs -f ${id}" follows it, "attune execution show ${id}" tells of it.\n`,
    );
}

async function follow(
  client: Client,
  { id }: ExecutionView,
  context: Context,
  { json }: RunOptions,
): Promise<number> {
  const reader = textReader(json ? context.errors : context.output, context.errors);
  const ended = await followExecution(client, id, context, reader);
  if (ended === undefined || !isTerminal(ended.state)) return statusOfExecution(left);
  if (json) printJson(context, ended);
  else context.errors.write(summaryLine(context.errors, ended, new Date()));
  const { result } = ended;
  return statusOfExecution({
    state: ended.state,
    exitCode: result?.exit_code ?? null,
    signal: result?.signal ?? null,
  });
}

/** The status of a command that Ctrl-C ended. */
const left = { state: 'cancelled', exitCode: null, signal: null } as const;
