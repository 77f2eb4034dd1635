import { join } from 'node:path';

import { docker } from '../docker.ts';

const root = join(import.meta.dirname, '../../..');

/** Our own images, as the Dockerfiles make them of what the build has left in dist. */
export interface ProductImages {
  readonly agentInit: string;
  readonly server: string;
}

/** Builds them; what did not change comes out of Docker's cache. @returns their numbers: they have no names that could stay behind */
export async function buildProductImages(): Promise<ProductImages> {
  const [agentInit, server] = await Promise.all([
    buildImage('docker/Dockerfile.agent', '--target', 'agent-init'),
    buildImage('docker/Dockerfile.server'),
  ]);
  return { agentInit, server };
}

/** @returns the number of the image */
export function buildImage(dockerfile: string, ...options: readonly string[]): Promise<string> {
  return docker(['build', '--quiet', '--file', join(root, dockerfile), ...options, root]);
}
