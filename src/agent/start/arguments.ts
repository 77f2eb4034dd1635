import { parseArgs } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { flagOf, type Settings } from '../../shared/config/setting.ts';

export interface Arguments {
  /** Values by flag, as the configuration reads them. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  /** Path of a configuration file. */
  readonly file: string | undefined;
}

/**
 * Reads the command line: one flag for each setting, `--config FILE` and `--json`.
 * @throws AttuneError `invalid_arguments`
 */
export function readArguments(argv: readonly string[], settings: Settings): Arguments {
  const names = Object.values(settings).map((setting) => flagOf(setting).slice(2));
  try {
    const { values } = parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
        config: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const { config, json, ...flags } = values;
    return {
      flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [`--${name}`, String(value)])),
      json: json === true,
      file: typeof config === 'string' ? config : undefined,
    };
  } catch (error) {
    throw new AttuneError('invalid_arguments', `${describeError(error)}. See attune-agent --help`, {
      cause: error,
    });
  }
}
