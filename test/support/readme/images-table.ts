import { markdownTable } from '../../../src/cli/format/markdown.ts';
import { supportedImages } from '../images/supported.ts';

/** The images in which the tests prove the agent. */
export function supportedImagesTable(): string {
  const rows = supportedImages.map(({ name, description, runtimes }) => [
    `\`${name}\``,
    description,
    runtimes.join(', '),
  ]);
  return markdownTable(['image', 'what it is', 'runtimes that are found in it'], rows);
}
