import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { docker } from '../docker.ts';
import { removeLabelled } from './leftovers.ts';

/** The stack of compose.yml and compose.override.example.yml, under a name of its own. */
export interface Project {
  /** What Compose labels everything of the project with. */
  readonly label: string;
  readonly token: string;
  /** Runs a command of Docker Compose. @returns what it wrote to stdout */
  compose(...words: readonly string[]): Promise<string>;
  /** Removes whatever there is of it. */
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');

/**
 * Builds our images, starts everything, and waits until it is healthy.
 * @param changes by service; Compose merges them into its files
 */
export async function startProject(changes: Readonly<Record<string, object>>): Promise<Project> {
  const project = createProject(changes);
  try {
    await project.compose('up', '--detach', '--build', '--wait');
    return project;
  } catch (error) {
    await project.remove();
    throw error;
  }
}

function createProject(changes: Readonly<Record<string, object>>): Project {
  const name = `attune-test-${randomBytes(4).toString('hex')}`;
  const label = `com.docker.compose.project=${name}`;
  const token = secret();
  const variables = variablesOf(token);
  const images = { server: `${name}-server`, 'init-agent': `${name}-init-agent` };
  const folder = mkdtempSync(join(tmpdir(), 'attune-test-'));
  const files = [
    join(root, 'compose.yml'),
    join(root, 'compose.override.example.yml'),
    writeChanges(folder, changes, images),
  ];
  // A user's own .env must not be read.
  const options = ['--project-name', name, '--env-file', '/dev/null', '--progress', 'quiet'];
  const command = ['compose', ...options, ...files.flatMap((file) => ['--file', file])];
  return {
    label,
    token,
    compose: (...words) => docker([...command, ...words], '', variables),
    async remove() {
      await removeLabelled(label);
      await docker(['image', 'rm', '--force', ...Object.values(images)]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @returns the path of a third file for Compose */
function writeChanges(
  folder: string,
  changes: Readonly<Record<string, object>>,
  images: Readonly<Record<string, string>>,
): string {
  const services: Record<string, object> = { ...changes };
  for (const [service, image] of Object.entries(images)) services[service] = { ...changes[service], image };
  const path = join(folder, 'compose.json');
  writeFileSync(path, JSON.stringify({ services }));
  return path;
}

function secret(): string {
  return randomBytes(24).toString('hex');
}

/** What .env.example asks for, and any free port. */
function variablesOf(token: string): Record<string, string> {
  return {
    ATTUNE_POSTGRES_PASSWORD: secret(),
    ATTUNE_RABBITMQ_PASSWORD: secret(),
    ATTUNE_ENCRYPTION_KEY: secret(),
    ATTUNE_BOOTSTRAP_TOKEN: secret(),
    ATTUNE_API_TOKEN: token,
    ATTUNE_SERVER_ADDRESS: '127.0.0.1:',
  };
}
