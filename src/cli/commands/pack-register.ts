import type { Command } from 'commander';
import * as z from 'zod';
import type { RegisterPackReply } from '../../contract/api/register-pack.ts';
import { AttuneError } from '../../shared/errors.ts';
import { registerPack, uploadPack } from '../api/endpoints.ts';
import { clientFor, globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { withArchive } from '../pack/source/open-source.ts';
import { bytes } from '../format/bytes.ts';
import { paint } from '../format/paint.ts';
import { plain } from '../format/table.ts';
import { openProgressLine, type ProgressLine } from '../follow/progress-line.ts';
import { count } from '../words.ts';

const schema = globalOptions.extend({
  onServer: z.boolean().default(false),
  subfolder: z.string().min(1).optional(),
});
type Options = z.infer<typeof schema>;

/** `pack register`: gives a pack to the server. */
export function defineRegister(command: Command, context: Context): void {
  command
    .description('give a pack to the server, or a new revision of it')
    .argument(
      '<source>',
      'a folder, a tar or tar.gz, or a git URL: https, ssh, git, file, with #branch, #tag or #commit',
    )
    .option('--subfolder <path>', 'where the pack lies in the git repository')
    .option('--on-server', "the source is an absolute path of a folder of the server's machine")
    .addHelpText('after', afterHelp);
  onCall(command, { context, schema }, async ({ words: [source = ''], options }) => {
    const reply = await register(source, options, context);
    if (reply === undefined) return exitStatus.interrupted;
    if (options.json) printJson(context, reply);
    else show(reply, context);
    return exitStatus.ok;
  });
}

const afterHelp = `
A git repository is fetched by the git of this machine, without its history, and without asking for a password: an
ssh-agent, a credential helper or a token in the URL lets you in.

Examples:
  attune pack register ./examples/packs/example
  attune pack register core-1.2.0.tar.gz
  attune pack register https://git.example.com/packs.git#v1.2.0 --subfolder core
  attune pack register git@git.example.com:team/deploy.git
  attune pack register /opt/packs/core --on-server`;

/** Undefined where Ctrl-C has ended it. */
async function register(
  source: string,
  { json, onServer, subfolder, ...options }: Options,
  context: Context,
): Promise<RegisterPackReply | undefined> {
  const client = clientFor(context, { json, ...options });
  if (onServer) {
    if (subfolder !== undefined)
      throw new AttuneError('invalid_arguments', '--subfolder is for git repositories');
    return registerPack(client, source);
  }
  // Where nobody looks on, the answer is enough.
  const progress = context.errors.isTTY === true && !json ? openProgressLine(context) : undefined;
  const interrupted = new AbortController();
  const restore = context.onInterrupt(() => interrupted.abort());
  const circumstances = { environment: context.environment, signal: interrupted.signal };
  progress?.show('reading the pack');
  try {
    return await withArchive({ source, subfolder }, circumstances, (archive) =>
      uploadPack(client, watched(archive, progress), interrupted.signal),
    );
  } catch (error) {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  } finally {
    progress?.close();
    restore();
  }
}

async function* watched(
  archive: AsyncIterable<Uint8Array>,
  progress: ProgressLine | undefined,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const piece of archive) {
    yield piece;
    sent += piece.length;
    progress?.show(`sent ${bytes(sent)}`);
  }
  progress?.show(`sent ${bytes(sent)}, the server checks it`);
}

function show(
  { actions, ref, runtimes, version, warnings }: RegisterPackReply,
  { errors, output }: Context,
): void {
  for (const { path, message } of warnings)
    errors.write(`${paint(errors, 'yellow', 'warning:')} ${plain(`${path}: ${message}`)}\n`);
  const further = runtimes.length === 0 ? '' : ` and ${count(runtimes.length, 'runtime')}`;
  output.write(`Pack ${ref} ${version} with ${count(actions.length, 'action')}${further}:\n`);
  for (const action of actions) output.write(`  ${action}\n`);
}
