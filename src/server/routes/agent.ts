import { negotiate } from '@fastify/accept-negotiator';
import * as z from 'zod';
import { agentInfo, architecture, type AgentInfo, type Architecture } from '../../contract/api/agent-info.ts';
import { buildInfo } from '../../shared/build-info.ts';
import { AttuneError } from '../../shared/errors.ts';
import { encodings, type AgentFile, type AgentFiles, type Encoding } from '../agent-download/agent-files.ts';
import { bootstrapScript } from '../agent-download/bootstrap-script.ts';
import type { App } from '../http/app-type.ts';
import { tokenMatcher } from '../http/authentication.ts';
import { sendFile } from '../http/send-file.ts';

export interface AgentDownload {
  /** Asked for in `X-Agent-Token` by who wants the file. */
  readonly token: string;
  readonly files: AgentFiles;
}

/**
 * What a container needs to become a worker: it has no API token yet, so these routes ask for none.
 * @param download absent: this server offers no files
 */
export function agentRoutes(app: App, download: AgentDownload | undefined): void {
  app.get(
    '/agent/info',
    {
      schema: {
        tags: ['server'],
        summary: 'The agent that fits this server, and what a downloaded one must be',
        security: [],
        response: { 200: agentInfo },
      },
    },
    async () => {
      const { version, commit } = buildInfo();
      return { version, commit, architectures: await describeFiles(download?.files) };
    },
  );

  app.get(
    '/agent/bootstrap.sh',
    {
      schema: {
        tags: ['server'],
        summary: 'The shell script that downloads the agent, checks it and becomes it',
        security: [],
        produces: ['text/x-shellscript'],
      },
    },
    (_request, reply) => reply.type('text/x-shellscript; charset=utf-8').send(bootstrapScript()),
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/agent/binary',
    schema: {
      tags: ['server'],
      summary: 'Download the agent',
      description:
        'Ranges, conditional requests and zstd or gzip as Accept-Encoding allows. X-Agent-SHA256, X-Agent-Size and ' +
        'X-Agent-Signature are those of the file before compression.',
      security: [{ agentToken: [] }],
      querystring: z.object({ arch: architecture.default('x86_64') }),
      produces: ['application/octet-stream'],
    },
    onRequest: async ({ headers }) => checkToken(headers['x-agent-token'], download),
    async handler(request, reply) {
      const { arch } = request.query;
      const file = await download?.files(arch);
      if (file === undefined) throw noFile(arch);
      const encoding = chooseEncoding(request.headers['accept-encoding'], file);
      const compressed = encoding && file.compressed.get(encoding);
      const headers = { ...describeFile(file), ...(compressed && { 'content-encoding': encoding }) };
      return sendFile(request, reply, { file: compressed ?? file, headers });
    },
  });
}

function checkToken(given: string | string[] | undefined, download: AgentDownload | undefined): void {
  if (download === undefined)
    throw new AttuneError(
      'agent_download_not_configured',
      'This server offers no agent: set ATTUNE__AGENT__BINARY_DIR and ATTUNE__AGENT__BOOTSTRAP_TOKEN',
    );
  if (typeof given === 'string' && tokenMatcher(download.token)(given)) return;
  throw new AttuneError(
    'wrong_agent_token',
    'Send the token as "X-Agent-Token: <token>" (the server has it as ATTUNE__AGENT__BOOTSTRAP_TOKEN)',
  );
}

async function describeFiles(files: AgentFiles | undefined): Promise<AgentInfo['architectures']> {
  const described: AgentInfo['architectures'] = {};
  const describe = async (name: Architecture): Promise<void> => {
    const file = await files?.(name);
    if (file === undefined) return;
    const { size, sha256, signature } = file;
    described[name] = { size, sha256, ...(signature === undefined ? {} : { signature }) };
  };
  await Promise.all(architecture.options.map(describe));
  return described;
}

function chooseEncoding(accepted: string | undefined, { compressed }: AgentFile): Encoding | undefined {
  const offered = encodings.filter((one) => compressed.has(one));
  const best = negotiate(accepted ?? '', [...offered, 'identity']);
  return offered.find((one) => one === best);
}

/** Caches on the way know nothing of our token: none of them may keep the file for others. */
function describeFile({ size, sha256, signature }: AgentFile): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename="attune-agent"',
    'cache-control': 'private, no-cache',
    vary: 'accept-encoding',
    'x-agent-version': buildInfo().version,
    'x-agent-size': String(size),
    'x-agent-sha256': sha256,
    ...(signature === undefined ? {} : { 'x-agent-signature': signature }),
  };
}

function noFile(arch: string): AttuneError {
  return new AttuneError(
    'no_agent_file',
    `There is no attune-agent-${arch} in the folder that ATTUNE__AGENT__BINARY_DIR names`,
  );
}
