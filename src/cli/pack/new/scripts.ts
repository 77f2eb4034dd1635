import { scriptsWithJson } from './scripts-with-json.ts';
import { scriptsWithVariables } from './scripts-with-variables.ts';
import type { Script } from './script.ts';

/** A first script for each of Attune's own runtimes that runs scripts. */
export const scripts: readonly Script[] = [...scriptsWithJson, ...scriptsWithVariables];
