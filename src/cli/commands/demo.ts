import type { Command } from 'commander';
import * as z from 'zod';
import { variableOf } from '../../shared/config/setting.ts';
import { connectionSettings } from '../../shared/config/connections.ts';
import { globalOptions, onCall } from '../call.ts';
import type { Context } from '../context.ts';
import { runDemo } from '../demo/run-demo.ts';

const schema = globalOptions.extend({
  keep: z.boolean().default(false),
  amqp: z.string().optional(),
  agent: z.string().optional(),
});

export function define(command: Command, context: Context): void {
  command
    .option('--keep', 'leave it running until Ctrl-C')
    .option('--amqp <url>', 'run over this RabbitMQ (default: ATTUNE_DEMO_AMQP_URL)')
    .option('--agent <file>', 'the sealed agent (default: dist/attune-agent)')
    .addHelpText(
      'after',
      `
Starts a PostgreSQL of its own, a server and the sealed agent as a worker of this machine, runs an execution for
each runtime that the machine has and one for each way to end, and takes everything away again. The exit status
is 0 exactly if every execution ended as it should.

Examples:
  attune demo
  attune demo --keep
  ATTUNE_DEMO_AMQP_URL=amqp://guest:guest@127.0.0.1:5672 attune demo`,
    );
  onCall(command, { context, schema }, ({ options }) => {
    const { environment } = context;
    const { json, keep, agent } = options;
    const amqpUrl =
      options.amqp ||
      environment['ATTUNE_DEMO_AMQP_URL'] ||
      environment[variableOf(connectionSettings.messageQueueUrl)];
    return runDemo(context, { json, keep, agent, amqpUrl: amqpUrl || undefined });
  });
}
