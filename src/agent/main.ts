import { AttuneError, describeError } from '../shared/errors.ts';

/** The commands that must answer at once load next to nothing; everything is loaded when it is asked for. */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case '--version':
      return print((await import('./commands/version.ts')).versionText({ json: rest.includes('--json') }));
    case '--help':
    case 'help':
      return print((await import('./commands/help.ts')).helpText());
    case 'licenses':
      return print((await import('./commands/licenses.ts')).licensesText());
    case 'detect':
    case '--detect-only':
      return print(await (await import('./commands/detect.ts')).detectCommand(rest, process.env));
    case undefined:
    default:
      return (await import('./commands/run.ts')).runCommand(argv, { environment: process.env, onSignal });
  }
}

/** TERM, INT, HUP and QUIT all ask for a stop. */
function onSignal(listener: (signal: string) => void): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, listener);
}

function print(text: string): number {
  // A reader that has seen enough, as in `licenses | head`, is no error.
  process.stdout.once('error', () => process.exit(0));
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

const wrongUse = new Set(['invalid_arguments', 'invalid_configuration']);

/** The executable is one CommonJS file, so there is no await at the top. */
async function start(): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    const code = error instanceof AttuneError ? error.code : 'internal_error';
    process.stderr.write(`attune-agent: ${describeError(error)} (${code})\n`);
    process.exitCode = wrongUse.has(code) ? 2 : 1;
  }
}

void start();
