import { request } from 'node:http';
import { existsSync } from 'node:fs';
import type { GenericContainer } from 'testcontainers';
import type { Server, Source } from './source.ts';

interface Image {
  readonly name: string;
  /** Builds and starts the container, and tells its URLs. */
  run(container: GenericContainer): Promise<Server>;
}

/** A server in a container, where a Docker daemon answers and its image is there or can be pulled. */
export function dockerSource(image: Image): Source {
  const { name } = image;
  return {
    name: `Docker image ${name}`,
    available: async () => {
      if (!(await dockerAnswers())) return false;
      if ((await askDocker('GET', `/images/${name}/json`, 5000)) === 200) return true;
      const [repository = name, tag = 'latest'] = name.split(':');
      await askDocker('POST', `/images/create?fromImage=${repository}&tag=${tag}`, 180_000);
      return (await askDocker('GET', `/images/${name}/json`, 5000)) === 200;
    },
    start: async () => {
      const { GenericContainer: Container } = await import('testcontainers');
      return image.run(new Container(name));
    },
  };
}

/** Whether a Docker daemon answers quickly. */
export async function dockerAnswers(): Promise<boolean> {
  return (await askDocker('GET', '/_ping', 1000)) === 200;
}

/** The status of one call of Docker's HTTP API, once its answer is complete; `undefined` where there is none in time. */
function askDocker(method: string, path: string, milliseconds: number): Promise<number | undefined> {
  const endpoint = dockerEndpoint();
  if (endpoint === undefined) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const asked = request(
    { ...endpoint, method, path, signal: AbortSignal.timeout(milliseconds) },
    (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
      response.once('error', () => resolve(undefined));
    },
  );
  asked.once('error', () => resolve(undefined)).end();
  return promise;
}

function dockerEndpoint(): { socketPath: string } | { host: string; port: string } | undefined {
  const host = new URL(process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock');
  if (host.protocol !== 'unix:') return { host: host.hostname, port: host.port };
  return existsSync(host.pathname) ? { socketPath: host.pathname } : undefined;
}
