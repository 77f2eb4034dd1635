import { parseArgs } from 'node:util';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { flagOf, variableOf, type Settings } from '../../shared/config/setting.ts';

export interface Arguments {
  /** Values by flag, as the configuration reads them. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  /** Path of a configuration file. */
  readonly file: string | undefined;
  /** What stands there without a flag. */
  readonly words: readonly string[];
  /** Values of the command's own options, by name. */
  readonly own: Readonly<Record<string, string>>;
}

/** What a command takes beside settings. */
export interface CommandShape {
  /** Whether it takes words that are no options. */
  readonly words: boolean;
  /** Names of options with a value, without `--`. */
  readonly options: readonly string[];
}

const settingsAlone: CommandShape = { words: false, options: [] };

/**
 * Reads the command line: one flag for each setting that is no secret, `--config FILE` and `--json`.
 * @throws AttuneError `invalid_arguments`
 */
export function readArguments(
  argv: readonly string[],
  settings: Settings,
  shape: CommandShape = settingsAlone,
): Arguments {
  refuseSecrets(argv, settings);
  const names = Object.values(settings).map((setting) => flagOf(setting).slice(2));
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: shape.words,
      options: {
        ...Object.fromEntries(
          [...names, ...shape.options].map((name) => [name, { type: 'string' as const }]),
        ),
        config: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const { config, json, ...others } = values;
    const given = Object.entries(others).map(([name, value]) => [name, String(value)] as const);
    const isOwn = ([name]: readonly [string, string]) => shape.options.includes(name);
    const flags = given
      .filter((option) => !isOwn(option))
      .map(([name, value]) => [`--${name}`, value] as const);
    return {
      flags: Object.fromEntries(flags),
      json: json === true,
      file: typeof config === 'string' ? config : undefined,
      words: positionals,
      own: Object.fromEntries(given.filter(isOwn)),
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
