import { getAsset, isSea } from 'node:sea';

/** `licenses`: the texts of everything that is inside the executable. They are read only when somebody asks. */
export function licensesText(): string {
  return isSea()
    ? getAsset('licenses', 'utf8')
    : 'The license texts are collected when the executable is built.\n';
}
