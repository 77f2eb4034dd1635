import { licensesText } from './commands/licenses.ts';
import { versionText } from './commands/version.ts';

const help = `Usage: attune-agent [command]

Without a command, runs this container as an Attune worker.

Commands:
  licenses         print the license texts of everything in this file
  --version [--json]  print version, commit, Node and architecture
  --help           print this text
`;

/** The commands that must answer at once stand here; everything else is loaded when it is asked for. */
async function main([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case '--version':
      process.stdout.write(`${versionText({ json: rest.includes('--json') })}\n`);
      return 0;
    case '--help':
      process.stdout.write(help);
      return 0;
    case 'licenses':
      process.stdout.write(licensesText());
      return 0;
    case undefined: {
      const { run } = await import('./commands/run.ts');
      return await run();
    }
    default:
      process.stderr.write(`attune-agent: unknown command ${command}\n\n${help}`);
      return 64;
  }
}

// The executable is one CommonJS file, so there is no await at the top.
void start();

async function start(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2));
}
