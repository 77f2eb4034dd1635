import type { Command } from 'commander';
import { askReadiness } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { plain } from '../format/table.ts';

/** `attune health`: made for the health check of a container that has nothing else to ask with. */
export function define(command: Command, context: Context): void {
  command.addHelpText(
    'after',
    `
Exit status: 0 the server can work, 1 it cannot, 3 it does not answer.

Examples:
  attune health
  attune health --api-url https://attune.example.com`,
  );
  onCall(command, { context, schema: globalOptions }, async ({ options }) => {
    const answer = await askReadiness(clientFor(context, options));
    if (options.json) printJson(context, answer);
    else
      for (const [part, { ready, problem = '' }] of Object.entries(answer.parts))
        context.output.write(`${part}: ${ready ? 'ready' : plain(problem)}\n`);
    return answer.status === 'ready' ? exitStatus.ok : exitStatus.failed;
  });
}
