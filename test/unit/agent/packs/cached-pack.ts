import { createPackCache, type CacheOptions } from '../../../../src/agent/packs/cache.ts';
import type { PackRevision } from '../../../../src/contract/pack.ts';
import { archivePack } from '../../../../src/packs/archive/archive-pack.ts';
import { listPackFiles } from '../../../../src/packs/pack-files.ts';
import { digestPack } from '../../../../src/packs/stage-pack.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { folderWith } from '../../../support/folder.ts';

/** A revision of the pack `demo`, and its archive. */
export interface Packed {
  readonly revision: PackRevision;
  readonly archive: () => AsyncIterable<Uint8Array>;
}

export async function packed(text = 'one'): Promise<Packed> {
  const folder = folderWith({
    'pack.yaml': 'ref: demo\n',
    'actions/run.sh': { program: `#!/bin/sh\necho ${text}\n` },
    'lib/link': { link: '../actions/run.sh' },
  });
  const files = await listPackFiles(folder);
  const revision = { ref: 'demo', digest: await digestPack(folder, files) };
  return { revision, archive: () => archivePack(folder, files) };
}

/** A cache in `directory`; nothing is too old or too much unless said. */
export function cacheIn(
  directory: string,
  options: Pick<CacheOptions, 'openArchive'> & Partial<CacheOptions>,
) {
  return createPackCache({
    directory,
    bounds: { mostAge: undefined, mostBytes: undefined },
    patience: { seconds: 10, setting: 'ATTUNE_AGENT_CONNECT_TIMEOUT' },
    logger: createLogger('silent'),
    ...options,
  });
}
