import { linkSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { JsonObject } from '../../../src/contract/parameter-schema.ts';
import { ask, type TestSystem } from '../system.ts';
import { sealedProbe } from './probe.ts';

const action = `ref: native.tell
runner_type: native
entry_point: tell
output_format: json
parameters:
  text: {type: string}
  orphans: {type: integer}
  stay: {type: integer}
  stubborn: {type: boolean}
`;

/** A pack with the action `native.tell`, an executable file that needs nothing of its container (`action` in probe.ts), by path. It lacks `actions/tell`. */
export const nativePack = {
  'pack.yaml': 'ref: native\nversion: 1.0.0\n',
  'actions/tell.yaml': action,
};

/** Registers the action `native.tell`. */
export async function registerNativePack(system: TestSystem): Promise<void> {
  const pack = join(system.packs, 'native');
  mkdirSync(join(pack, 'actions'), { recursive: true });
  for (const [path, text] of Object.entries(nativePack)) writeFileSync(join(pack, path), text);
  placeFile(await sealedProbe(), join(pack, 'actions/tell'));
  await ask(`${system.url}/api/v1/packs/register`, { path: pack });
}

/** Starts the action for so many milliseconds, and waits until its log says that it runs. */
export async function startStaying(
  system: TestSystem,
  milliseconds: number,
  parameters: JsonObject = {},
): Promise<number> {
  const { id } = await system.execute('native.tell', { stay: milliseconds, ...parameters });
  while (!(await system.log(id, 'stderr')).includes('staying')) await delay(20);
  return id;
}

/** It is large: linked where that can be. */
function placeFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
