import type { Command } from 'commander';
import * as z from 'zod';
import { workerStatus, type WorkerView } from '../../contract/api/worker.ts';
import { listWorkers, setCordoned, showWorker } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { age } from '../format/age.ts';
import { labelsText, runtimesText } from '../format/capabilities.ts';
import { details } from '../format/details.ts';
import { addListOptions, listOptions, printPage } from '../listing.ts';

const cordoning = {
  cordon: 'let a worker finish what it has and take nothing new',
  uncordon: 'let a cordoned worker take work again',
} as const;

export function define(command: Command, context: Context): void {
  defineList(command.command('list'), context);
  defineShow(command.command('show'), context);
  defineCordoning(command.command('cordon'), 'cordon', context);
  defineCordoning(command.command('uncordon'), 'uncordon', context);
  command.addHelpText('after', '\nExamples:\n  attune worker list\n  attune worker cordon 7');
}

function defineList(command: Command, context: Context): void {
  addListOptions(command.description('list workers'))
    .option(
      '--status <status>',
      `only those that are ${workerStatus.options.join(', ')}, or all (default: online)`,
    )
    .addHelpText('after', '\nExamples:\n  attune worker list\n  attune worker list --status lost');
  const schema = listOptions.extend({ status: z.enum([...workerStatus.options, 'all']).default('online') });
  onCall(command, { context, schema }, async ({ options }) => {
    const filters = { status: options.status === 'all' ? undefined : options.status };
    const page = await listWorkers(clientFor(context, options), { ...options, filters });
    const now = new Date();
    printPage(context, options, page, {
      headings: ['id', 'worker', 'pool', 'status', 'busy', 'age', 'runtimes'],
      row: (worker) => [
        String(worker.id),
        worker.name,
        worker.pool,
        statusText(worker),
        `${worker.busy}/${worker.slots}`,
        age(worker.created, now),
        runtimesText(worker.capabilities.runtimes),
      ],
    });
  });
}

function defineShow(command: Command, context: Context): void {
  command
    .description('show a worker')
    .argument('<worker>', 'its id, or its name')
    .addHelpText('after', '\nExamples:\n  attune worker show 7\n  attune worker show build-1');
  onCall(command, { context, schema: globalOptions }, async ({ words: [name = ''], options }) => {
    const worker = await showWorker(clientFor(context, options), name);
    if (options.json) printJson(context, worker);
    else context.output.write(describeWorker(worker));
  });
}

function defineCordoning(command: Command, step: 'cordon' | 'uncordon', context: Context): void {
  command
    .description(cordoning[step])
    .argument('<worker>', 'its id, or its name')
    .addHelpText('after', `\nExamples:\n  attune worker ${step} 7`);
  onCall(command, { context, schema: globalOptions }, async ({ words: [name = ''], options }) => {
    const client = clientFor(context, options);
    const worker = await setCordoned(client, (await showWorker(client, name)).id, step);
    if (options.json) printJson(context, worker);
    else context.output.write(`Worker ${worker.id} (${worker.name}) is ${step}ed.\n`);
  });
}

function statusText({ status, cordoned }: WorkerView): string {
  return cordoned ? `${status}, cordoned` : status;
}

function describeWorker(worker: WorkerView): string {
  const { capabilities, agent } = worker;
  return details({
    Worker: `${worker.id} (${worker.name})`,
    Pool: worker.pool,
    Status: statusText(worker),
    Busy: `${worker.busy} of ${worker.slots} slots`,
    Runtimes: runtimesText(capabilities.runtimes),
    Labels: labelsText(capabilities),
    GPUs: capabilities.gpus.join(', ') || null,
    Machine: [capabilities.architecture, capabilities.libc, capabilities.distribution]
      .filter(Boolean)
      .join(', '),
    CPUs: String(capabilities.cpus),
    Memory: `${Math.round(capabilities.memory_bytes / 2 ** 20)} MiB`,
    Agent: `${agent.version} (${agent.commit})`,
    'Last heard of': worker.heartbeat,
    Since: worker.created,
  });
}
