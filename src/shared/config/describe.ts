import { defaultOf, flagOf, variableOf, type Settings } from './setting.ts';

/** A setting as the documentation shows it. */
export interface SettingDescription {
  /** Absent for secrets: the arguments of a process are for everybody to see. */
  readonly flag: string | null;
  readonly variable: string;
  /** Its place in the configuration file, like `server.port`. */
  readonly key: string;
  readonly default: string | null;
  readonly description: string;
  readonly secret: boolean;
}

export function describeSettings(settings: Settings): SettingDescription[] {
  return Object.values(settings).map((setting) => ({
    flag: setting.secret === true ? null : flagOf(setting),
    variable: variableOf(setting),
    key: setting.key,
    default: defaultOf(setting) ?? null,
    description: setting.description,
    secret: setting.secret ?? false,
  }));
}
