import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration, type Sources } from '../../shared/config/read.ts';
import type { Environment } from '../detect/environment.ts';
import type { Engine } from './engine.ts';
import { localSettings } from './local-settings.ts';
import { openEngine } from './open-engine.ts';
import type { LocalPack } from '../../packs/open-pack.ts';

/** What the engine needs of the process. */
export interface LocalSurroundings {
  readonly environment: Environment;
  /** Calls back for every signal that asks for a stop, from the first on. */
  readonly onSignal: (listener: (signal: string) => void) => void;
  /** The descriptor of a socket to the supervisor that started us, where one did. */
  readonly supervisor: number | undefined;
}

/** Opens an engine for one task, with a folder that is gone afterwards. @throws AttuneError what `openEngine` throws */
export async function withEngine<Result>(
  pack: LocalPack,
  surroundings: LocalSurroundings & Pick<Sources, 'flags' | 'file'>,
  task: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  // Not every image has one.
  await mkdir(tmpdir(), { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'attune-try-'));
  try {
    // The user of executions may be another one, and must pass.
    await chmod(folder, 0o711);
    const config = readConfiguration(localSettings(folder), surroundings);
    const engine = await openEngine(pack, { ...surroundings, config });
    surroundings.onSignal(() => engine.stop());
    try {
      return await task(engine);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
