import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';

import { describe, expect, onTestFinished, test } from 'vitest';

import { agentSettings } from '../../../src/agent/settings.ts';
import { defaultOf, variableOf } from '../../../src/shared/config/setting.ts';
import { followAgent } from '../../support/agent.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile, startSealedAgent } from '../../support/sealed/agent.ts';
import { registerNativePack } from '../../support/sealed/native-pack.ts';
import { spawnPlain } from '../../support/sealed/run.ts';
import { startSystem } from '../../support/system.ts';

/** Each of these would stop, bend or weaken a program that is not sealed. */
const hostile = {
  LD_PRELOAD: '/nonexistent.so',
  LD_LIBRARY_PATH: '/nonexistent',
  GLIBC_TUNABLES: 'glibc.malloc.check=3',
  MALLOC_PERTURB_: '255',
  NODE_OPTIONS: '--bad --require=/nonexistent.js',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_DEBUG: 'child_process',
  NODE_DEBUG_NATIVE: 'mksnapshot',
  NODE_REPL_EXTERNAL_MODULE: '/nonexistent',
  NODE_CHANNEL_FD: '3',
  UV_THREADPOOL_SIZE: '1',
  SIMDUTF_FORCE_IMPLEMENTATION: 'none',
  NODE_EXTRA_CA_CERTS: '/nonexistent',
  NODE_PATH: '/nonexistent',
  NODE_ICU_DATA: '/nonexistent',
  SSL_CERT_FILE: '/nonexistent',
  SSL_CERT_DIR: '/nonexistent',
  OPENSSL_CONF: join(import.meta.dirname, '../../fixtures/seal/openssl.cnf'),
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  PGPASSWORD: 'of the container',
  PGSSL: 'require',
  PGTARGETSESSIONATTRS: 'any',
  DATABASE_URL: 'of the container',
  EMPTY: '',
};

/** The agent's own: every setting that there is, and what may be one some day. */
function ownVariables(): Record<string, string> {
  const settings = Object.values(agentSettings).map((setting) => {
    const standard = defaultOf(setting) ?? '';
    return [variableOf(setting), standard === '{}' ? '' : standard] as const;
  });
  return {
    ...Object.fromEntries(settings),
    ATTUNE_SOMETHING: 'x',
    ATTUNE__SOMETHING__ELSE: 'x',
  };
}

describe.skipIf(!requires('agent') || !requires('postgres'))('an action of the sealed agent', () => {
  test('sees the variables of the container and the documented ones, and nothing else', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const container = {
      ...hostile,
      NODE_V8_COVERAGE: folderWith({}),
      NODE_COMPILE_CACHE: folderWith({}),
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
    };
    const environment = {
      ...ownVariables(),
      ...system.environment,
      ...container,
      ATTUNE_API_URL: system.url,
      ATTUNE_ARTIFACTS_DIR: '/artifacts',
      ATTUNE_RUNTIME_ENVS_DIR: '/environments',
    };
    const agent = await startSealedAgent(system, { environment });
    const { id } = await system.execute('native.tell', { text: 'x' });
    const { result } = await system.reaches(id);
    expect(environmentIn(result?.data)).toEqual({
      ...container,
      PWD: join(system.packs, 'native'),
      ATTUNE_EXEC_ID: String(id),
      ATTUNE_ACTION: 'native.tell',
      ATTUNE_PACK_REF: 'native',
      ATTUNE_API_URL: system.url,
      ATTUNE_ARTIFACTS_DIR: '/artifacts',
      ATTUNE_RUNTIME_ENVS_DIR: '/environments',
      ATTUNE_PARAMETER_DELIVERY: 'stdin',
      ATTUNE_PARAMETER_FORMAT: 'json',
    });
    process.kill(agent.process.pid ?? 0, 'SIGTERM');
    expect(await agent.exited).toBe(0);
  });
});

describe.skipIf(!requires('agent') || !requires('postgres') || !requires('openssl'))(
  'the sealed agent',
  () => {
    test('trusts no broker more because the container tells Node to', async () => {
      const system = await startSystem('postgresql');
      const agent = followAgent(
        spawnPlain(agentFile, [], {
          environment: {
            ...system.environment,
            NODE_TLS_REJECT_UNAUTHORIZED: '0',
            ATTUNE__MESSAGE_QUEUE__URL: `amqps://127.0.0.1:${await listenUntrusted()}`,
          },
        }),
      );
      await agent.says('self-signed certificate');
      expect(agent.lines.join()).not.toContain('"consuming"');
    });
  },
);

/** A TLS server whose certificate nobody signed; its port. */
async function listenUntrusted(): Promise<number> {
  const folder = folderWith({});
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1'.split(' ');
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) =>
    socket.end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function environmentIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'environment' in data ? data.environment : undefined;
}
