import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** The words that start the agent itself, which `{agent}` stands for: the sealed file, or Node with our source. */
export function agentCommand(): readonly [string, ...string[]] {
  return isSea()
    ? [process.execPath]
    : [process.execPath, fileURLToPath(new URL('../main.ts', import.meta.url))];
}
