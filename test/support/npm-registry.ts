import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { folderWith } from './folder.ts';

/** A registry of one package, `tiny` 1.0.0, for one test. */
export interface NpmRegistry {
  readonly url: string;
  /** As a lock file has it. */
  readonly integrity: string;
  /** The `authorization` of every request so far. */
  readonly asked: readonly (string | undefined)[];
}

export async function startNpmRegistry(): Promise<NpmRegistry> {
  const archive = packPackage({
    'package/package.json': manifest,
    'package/index.js': 'exports.size = "tiny";\n',
  });
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    if (request.url === '/tiny.tgz') response.end(archive);
    else response.end(JSON.stringify(describePackage(`http://${request.headers.host}/tiny.tgz`, integrity)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${addressOf(server.address()).port}/`, integrity, asked };
}

/** A package as an archive, of files below `package/`. */
export function packPackage(files: Readonly<Record<string, string>>): Buffer {
  return execFileSync('tar', ['-czf', '-', '-C', join(folderWith(files)), 'package']);
}

const manifest = JSON.stringify({ name: 'tiny', version: '1.0.0' });

function describePackage(tarball: string, integrity: string) {
  const version = { name: 'tiny', version: '1.0.0', dist: { tarball, integrity } };
  return { name: 'tiny', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  return address;
}
