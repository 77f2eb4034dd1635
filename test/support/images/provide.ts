import { dockerSucceeds } from '../docker.ts';
import { serverImages } from './servers.ts';
import { makeStandIn } from './stand-in.ts';
import { supportedImages } from './supported.ts';

const known = [...supportedImages, ...Object.values(serverImages)];
const provided = new Map<string, Promise<string>>();

/**
 * Provides an image that the tests know: this machine's own, the registry's, or its stand-in, in this order.
 * @param name as a registry knows it
 * @returns what Docker knows it by here
 */
export function provideImage(name: string): Promise<string> {
  const reference = provided.get(name) ?? provide(name);
  provided.set(name, reference);
  return reference;
}

async function provide(name: string): Promise<string> {
  const image = known.find((one) => one.name === name);
  if (image === undefined) throw new Error(`the tests know no image ${name}`);
  // Docker has no image of this name, which a Dockerfile alone can use.
  if (name === 'scratch') return makeStandIn(image.standIn);
  if (await dockerSucceeds('image', 'inspect', name)) return name;
  if (await dockerSucceeds('pull', '--quiet', name)) return name;
  return makeStandIn(image.standIn);
}
