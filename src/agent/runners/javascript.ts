import { runMain } from 'node:module';
import { resolve } from 'node:path';
import { AttuneError } from '../../shared/errors.ts';
import { agentCommand } from './agent-command.ts';
import { alsoResolveFrom } from './also-resolve-from.ts';

const modulesFlag = '--modules=';

/**
 * `javascript [--modules=FOLDER] SCRIPT [ARGUMENT…]`: makes this process one that Node was started in for the script: CommonJS, a
 * module, or TypeScript whose types are only taken out. What it throws, and its exit code, are Node's to deal with.
 * @throws AttuneError `invalid_arguments`
 */
export function runJavaScript(argv: readonly string[]): void {
  const flag = argv[0]?.startsWith(modulesFlag) === true ? argv[0] : undefined;
  const [script, ...words] = flag === undefined ? argv : argv.slice(1);
  if (script === undefined)
    throw new AttuneError('invalid_arguments', 'javascript needs a script: attune-agent javascript SCRIPT');
  if (flag !== undefined) alsoResolveFrom(resolve(flag.slice(modulesFlag.length)));
  const path = resolve(script);
  process.argv.splice(1, Number.POSITIVE_INFINITY, path, ...words);
  // What child_process.fork puts between process.execPath and its script.
  process.execArgv = [...agentCommand().slice(1), 'javascript', ...(flag === undefined ? [] : [flag])];
  // Not in a promise of ours, so that what the script throws is uncaught.
  setImmediate(() => runMain(path));
}
