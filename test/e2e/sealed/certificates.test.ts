import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../support/certificates.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { startAlone } from '../../support/sealed/run.ts';

const possible = requires('agent') && requires('namespaces') && requires('openssl');

describe.skipIf(!possible)('the sealed agent where the system has no authorities', () => {
  test('trusts those of ATTUNE_CA_BUNDLE, and nobody else', async () => {
    const authority = createAuthority(folderWith({}));
    const { key, certificate: cert } = authority.issue('IP:127.0.0.1');
    const server = createServer({ key, cert }, (_, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const folder = folderWith({});
    copyFileSync(authority.file, join(folder, 'ca.pem'));

    const examine = (variables: Readonly<Record<string, string>>) =>
      startAlone(agentFile, ['doctor'], {
        folders: { '/certificates': folder },
        environment: { ATTUNE_API_URL: url, ...variables },
      }).result;
    const trusting = await examine({ ATTUNE_CA_BUNDLE: '/certificates/ca.pem' });
    expect(trusting.stdout).toMatch(/^warning +tls .* certificate of authority, trusted/m);
    expect(trusting.stdout).toMatch(/^ok +api +answers$/m);
    const doubting = await examine({});
    expect(doubting.stdout).toMatch(/^failure +tls .* set ATTUNE_CA_BUNDLE/m);
    expect(doubting.stdout).toMatch(/^failure +api .* set ATTUNE_CA_BUNDLE/m);
  });
});
