import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';
import { startAttune } from '../cli/attune.ts';

const token = 'a-token-for-downloads';
const clients = 50;
const size = 32 * 1024 * 1024;

/** The most memory that a process ever had, in bytes. */
function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function begin(url: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { headers: { 'x-agent-token': token }, agent: false }, resolve).on('error', reject);
  return promise;
}

async function lengthOf(response: IncomingMessage): Promise<number> {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await new Promise((resolve) => response.once('end', resolve));
  return bytes;
}

test.skipIf(!requires('postgres'))(
  '50 downloads at once take less than a tenth of the memory that their files would',
  async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const folder = folderWith({});
    const file = openSync(join(folder, 'attune-agent-x86_64'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    const server = startAttune(
      ['server', '--agent-binary-dir', folder, '--server-port', '0', '--log-level', 'trace'],
      {
        environment: { ATTUNE__DATABASE__URL: database.url, ATTUNE__AGENT__BOOTSTRAP_TOKEN: token },
      },
    );
    const url = await new Promise<string>((resolve) => {
      server.process.stderr?.on('data', (said: Buffer) => {
        const listening = /Attune listens on (\S+)\. /.exec(said.toString());
        if (listening?.[1] !== undefined) resolve(`${listening[1]}/api/v1/agent/binary`);
      });
    });
    expect(await lengthOf(await begin(url))).toBe(size);
    const before = peakOf(server.process.pid);

    // All are under way before the first is read: whoever buffers must hold them all.
    const responses = await Promise.all(Array.from({ length: clients }, () => begin(url)));
    const lengths = await Promise.all(responses.map(lengthOf));

    expect(new Set(lengths)).toEqual(new Set([size]));
    expect(peakOf(server.process.pid) - before).toBeLessThan((clients * size) / 10);
    server.process.kill('SIGTERM');
    const { status, stdout, stderr } = await server.ended;
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain(token);
  },
);
