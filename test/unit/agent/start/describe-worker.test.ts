import { expect, test } from 'vitest';
import { describeWorker, nameAfter } from '../../../../src/agent/start/describe-worker.ts';
import { agentSettings } from '../../../../src/agent/settings.ts';
import { plainName } from '../../../../src/contract/names.ts';
import { workerRegistration } from '../../../../src/contract/worker.ts';
import { readConfiguration } from '../../../../src/shared/config/read.ts';

const container = {
  architecture: 'aarch64',
  libc: 'musl 1.2.4',
  distribution: 'alpine 3.20',
  cpus: 2.5,
  memory_bytes: 512,
  gpus: ['NVIDIA A100'],
};
const detected = {
  container,
  runtimes: [{ name: 'shell', version: '5.2.0', path: '/bin/bash' }],
  templates: [],
  ownTemplates: [],
  hints: [],
  warnings: [],
};

function describe(environment: Readonly<Record<string, string>> = {}) {
  return describeWorker(detected, 'ada', readConfiguration(agentSettings, { environment }));
}

test('a worker offers its runtimes, its labels, and all that its container is', () => {
  const registration = describe({ ATTUNE_WORKER_LABELS: 'gpu=true,zone=a', ATTUNE_WORKER_POOL: 'mine' });
  expect(workerRegistration.parse(registration)).toMatchObject({
    name: 'ada',
    pool: 'mine',
    slots: 2,
    capabilities: { ...container, runtimes: detected.runtimes, labels: { gpu: 'true', zone: 'a' } },
    runtimes: [{ name: 'shell', detected: detected.runtimes }],
  });
});

test('it has a slot even where the cgroup allows less than a CPU, and as many as it is told to', () => {
  const small = { ...detected, container: { ...container, cpus: 0.25 } };
  const config = readConfiguration(agentSettings, { environment: {} });
  expect(describeWorker(small, 'ada', config).slots).toBe(1);
  expect(describe({ ATTUNE_WORKER_CONCURRENCY: '7' }).slots).toBe(7);
});

test('the name of a host becomes the name of a worker, never the same one twice', () => {
  for (const host of ['web-1.example', '-_ü!', ''])
    expect(() => plainName.parse(nameAfter(host))).not.toThrow();
  expect(nameAfter('web')).not.toBe(nameAfter('web'));
});
