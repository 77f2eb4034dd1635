import { join } from 'node:path';
import type { Recipe } from './recipe/recipe.ts';

/**
 * Where things are below the folder of a pack's environments:
 *
 *     <name>                     a symbolic link to the folder of the build that was the first to be complete
 *     .builds/<hash>.<random>    the folder of one build; whatever is in it names it by this path
 *     .builds/<hash>.<random>.used   touched by those who use it
 *     .builds/<hash>.lock.<n>    who builds it: the highest number
 *     .builds/<hash>.trash.<random>  what is being removed
 */
export type Place = Pick<Recipe, 'home' | 'name' | 'hash'>;

/** The folder of builds, relative to that of the link. */
export const buildsFolder = '.builds';

export function linkOf({ home, name }: Place): string {
  return join(home, name);
}

export function buildsOf({ home }: Pick<Place, 'home'>): string {
  return join(home, buildsFolder);
}

/** The names of a lock's files, without their number. */
export function lockPrefix({ hash }: Pick<Place, 'hash'>): string {
  return `${hash}.lock.`;
}

export function trashPrefix({ hash }: Pick<Place, 'hash'>): string {
  return `${hash}.trash.`;
}

/** @param folder of a build */
export function usedMarkerOf(folder: string): string {
  return `${folder}.used`;
}
