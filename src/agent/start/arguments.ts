import { parseArgs } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { flagOf, variableOf, type Settings } from '../../shared/config/setting.ts';

export interface Arguments {
  /** Values by flag, as the configuration reads them. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  /** Path of a configuration file. */
  readonly file: string | undefined;
}

/**
 * Reads the command line: one flag for each setting that is no secret, `--config FILE` and `--json`.
 * @throws AttuneError `invalid_arguments`
 */
export function readArguments(argv: readonly string[], settings: Settings): Arguments {
  refuseSecrets(argv, settings);
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

/** Every process of the machine may read the arguments of another. */
function refuseSecrets(argv: readonly string[], settings: Settings): void {
  for (const setting of Object.values(settings)) {
    const flag = flagOf(setting);
    if (setting.secret !== true || !argv.some((word) => word === flag || word.startsWith(`${flag}=`)))
      continue;
    const variable = variableOf(setting);
    throw new AttuneError(
      'invalid_arguments',
      `${flag} would show a secret to every process: set ${variable}, or ${variable}_FILE to the path of a file that holds it`,
    );
  }
}
