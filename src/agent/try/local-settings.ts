import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Setting } from '../../shared/config/setting.ts';
import { agentSettings } from '../settings.ts';

/**
 * The agent's settings for work without a control plane: what executions leave goes into a folder that is thrown away, and
 * environments into the cache of the user, where nobody says otherwise.
 * @param folder is thrown away afterwards
 */
export function localSettings(folder: string): typeof agentSettings {
  return {
    ...agentSettings,
    artifactsDirectory: withDefault(agentSettings.artifactsDirectory, join(folder, 'artifacts')),
    runtimeEnvironmentsDirectory: withDefault(
      agentSettings.runtimeEnvironmentsDirectory,
      join(homeOr(folder), '.cache/attune/runtime_envs'),
    ),
    spoolDirectory: withDefault(agentSettings.spoolDirectory, join(folder, 'spool')),
    temporaryDirectory: withDefault(agentSettings.temporaryDirectory, join(folder, 'tmp')),
  };
}

/** A user without an account, as containers have them, may have no home. */
function homeOr(folder: string): string {
  try {
    return homedir();
  } catch {
    return folder;
  }
}

type FolderSetting = Setting<z.ZodDefault<z.ZodString>>;

function withDefault(setting: FolderSetting, path: string): FolderSetting {
  return { ...setting, schema: z.string().min(1).default(path) };
}
