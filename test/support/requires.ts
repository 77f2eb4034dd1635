import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { canSanitize } from './sanitized/supervisor.ts';
import { onPath } from './servers/guarded.ts';

interface Capability {
  readonly present: boolean;
  /** What to do to have it. */
  readonly remedy: string;
}

/**
 * Whether this machine can run what a test needs: `amqp`, `postgres`, `docker`, `compose`
 * and `buildx` (its plugins), `namespaces`, `root`, `ptrace` (a process may debug its
 * child), `cores` (a crash leaves a file), `pypi`, `npmjs` and `maven-central` (registries), `sanitizers` (of GCC), `agent` and `arm-agent` (the sealed files), or any other name: a program on PATH. What is missing is listed at
 * the end of the run.
 * Use: `describe.skipIf(!requires('amqp'))`.
 * @throws where ATTUNE_TEST_REQUIRE (a comma list) names a capability that is missing
 */
export function requires(capability: string): boolean {
  const { present, remedy } = capabilityOf(capability);
  if (present) return true;
  const line = `${capability} (${remedy})`;
  if ((process.env['ATTUNE_TEST_REQUIRE'] ?? '').split(',').includes(capability))
    throw new Error(`ATTUNE_TEST_REQUIRE asks for what this machine lacks: ${line}`);
  appendFileSync(inject('testRun').missing, `${line}\n`);
  return false;
}

function capabilityOf(capability: string): Capability {
  switch (capability) {
    case 'amqp':
      return {
        present: inject('testRun').available.includes('amqp'),
        remedy: 'no RabbitMQ: install rabbitmq-server, Docker, or set ATTUNE_TEST_AMQP_URL',
      };
    case 'postgres':
      return {
        present: inject('testRun').available.includes('postgres'),
        remedy: 'no PostgreSQL: install postgresql, Docker, or set ATTUNE_TEST_DATABASE_URL',
      };
    case 'docker':
      return { present: inject('testRun').available.includes('docker'), remedy: 'no Docker daemon answers' };
    case 'compose':
    case 'buildx':
      return { present: pluginAnswers(capability), remedy: `no docker ${capability}: install its plugin` };
    case 'namespaces':
      return { present: canUnshare(), remedy: 'namespaces are not allowed here: run as root' };
    case 'root':
      return { present: process.getuid?.() === 0, remedy: 'processes of other users: run as root' };
    case 'ptrace':
      return { present: yamaScope() < 2, remedy: 'kernel.yama.ptrace_scope forbids debuggers' };
    case 'cores':
      return { present: crashLeavesCore(), remedy: 'no core files: ulimit -Hc, kernel.core_pattern' };
    case 'sanitizers':
      return {
        present: canSanitize(),
        remedy: 'no GCC with libasan and libubsan: install gcc and libc6-dev',
      };
    case 'agent':
      return {
        present: existsSync(fileURLToPath(new URL('../../dist/attune-agent', import.meta.url))),
        remedy: 'the sealed agent is not built: npm run build, on Linux with glibc',
      };
    case 'arm-agent':
      return {
        present: existsSync(fileURLToPath(new URL('../../dist/attune-agent-aarch64', import.meta.url))),
        remedy: 'the sealed agent for arm64 is not built: npm run build -- --arch arm64',
      };
    case 'pypi':
      return reachable('https://pypi.org/simple/iniconfig/');
    case 'npmjs':
      return reachable('https://registry.npmjs.org/ms');
    case 'maven-central':
      return reachable('https://repo1.maven.org/maven2/org/slf4j/slf4j-api/maven-metadata.xml');
    default:
      return { present: onPath(capability) !== undefined, remedy: `no ${capability} on PATH` };
  }
}

function reachable(url: string): Capability {
  const asked = spawnSync('curl', ['--silent', '--fail', '--max-time', '10', '--output', '/dev/null', url]);
  return { present: asked.status === 0, remedy: `${url} can't be reached with curl` };
}

function pluginAnswers(name: string): boolean {
  return spawnSync('docker', [name, 'version'], { stdio: 'ignore' }).status === 0;
}

/** Whether a process may have mount and process namespaces of its own, by the means that our tests use. */
function canUnshare(): boolean {
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  try {
    execFileSync('unshare', [...asRoot, '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function crashLeavesCore(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'attune-test-'));
  spawnSync('sh', ['-c', 'ulimit -c unlimited && kill -ABRT $$'], { cwd: folder, stdio: 'ignore' });
  const left = readdirSync(folder).length > 0;
  rmSync(folder, { recursive: true });
  return left;
}

/** 0 where there is no Yama. Source: Documentation/admin-guide/LSM/Yama.rst of Linux. */
function yamaScope(): number {
  const path = '/proc/sys/kernel/yama/ptrace_scope';
  return existsSync(path) ? Number(readFileSync(path, 'latin1')) : 0;
}
