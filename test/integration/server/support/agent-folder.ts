import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** This machine by the name that `uname -m` gives it. */
export const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** A folder of agents to download, as the build leaves it. The caller removes it. */
export function agentFolder(agent: Buffer, architecture = 'x86_64'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'attune-test-agents-')));
  const path = join(folder, `attune-agent-${architecture}`);
  writeFileSync(path, agent);
  writeFileSync(`${path}.gz`, gzipSync(agent));
  writeFileSync(`${path}.zst`, zstdCompressSync(agent));
  return folder;
}

export interface Download {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** As it was on the wire. */
  readonly body: Buffer;
}

/** Asks with these headers and none that a client adds by itself. */
export async function download(
  url: string,
  { method = 'GET', ...headers }: Readonly<Record<string, string>>,
): Promise<Download> {
  const { promise, resolve, reject } = Promise.withResolvers<Download>();
  const asked = request(url, { method, headers, agent: false }, (response) => {
    buffer(response).then(
      (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
      reject,
    );
  });
  asked.on('error', reject).end();
  return promise;
}
