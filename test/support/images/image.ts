import { dockerSucceeds } from '../docker.ts';
import type { Recipe } from './recipe.ts';
import { makeStandIn } from './stand-in.ts';

/** An image of a registry, and what replaces it. */
export interface TestImage {
  /** As a registry knows it. */
  readonly name: string;
  readonly standIn: Recipe;
}

const got = new Map<string, Promise<string>>();

/**
 * Gets an image: this machine's own, the registry's, or its stand-in, in this order.
 * @returns what Docker knows it by here
 */
export function getImage(image: TestImage): Promise<string> {
  const reference = got.get(image.name) ?? get(image);
  got.set(image.name, reference);
  return reference;
}

async function get({ name, standIn }: TestImage): Promise<string> {
  // Docker has no image of this name, which a Dockerfile alone can use.
  if (name === 'scratch') return makeStandIn(standIn);
  if (await dockerSucceeds('image', 'inspect', name)) return name;
  if (await dockerSucceeds('pull', '--quiet', name)) return name;
  return makeStandIn(standIn);
}
