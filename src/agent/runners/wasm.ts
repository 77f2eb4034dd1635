import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../detect/environment.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';

/**
 * `wasm MODULE [ARGUMENT…]`: runs a module of WASI preview 1 to its end in this process. It reads and writes standard input and output, has
 * the variables of the process, and these folders: that of the pack as `.` and `/pack`, and by their own paths those of its artifacts and
 * of its parameters. Node's WASI is no sandbox: it keeps no hostile module in.
 * The module's exit code is that of the process.
 * @throws AttuneError `invalid_arguments`, `invalid_wasm_module`
 */
export async function runWasm(argv: readonly string[], environment: Environment): Promise<void> {
  const [path, ...words] = argv;
  if (path === undefined)
    throw new AttuneError('invalid_arguments', 'wasm needs a module: attune-agent wasm MODULE');
  const module = await compile(path);
  // It warns of being experimental, in a log that is not ours.
  process.removeAllListeners('warning');
  const { WASI } = await import('node:wasi');
  const wasi = new WASI({
    version: 'preview1',
    args: [path, ...words],
    env: { ...environment },
    preopens: foldersOf(environment),
  });
  const instance = await WebAssembly.instantiate(module, wasi.getImportObject()).catch(refuse(path));
  // Not in a promise of ours, so that a trap is uncaught: Node then shows where it happened.
  setImmediate(() => {
    process.exitCode = wasi.start(instance);
  });
}

function compile(path: string): Promise<object> {
  return readFile(path)
    .then((bytes) => WebAssembly.compile(bytes))
    .catch(refuse(path));
}

/** Where the module finds what the process finds. */
function foldersOf(environment: Environment): Record<string, string> {
  const parameters = environment['ATTUNE_PARAMETER_FILE'];
  const given = [environment['ATTUNE_ARTIFACTS_DIR'], parameters && dirname(parameters)];
  const present = given
    .filter((folder) => folder !== undefined)
    .filter((folder) => existsSync(folder))
    .map((folder) => [folder, folder] as const);
  return { '.': process.cwd(), '/pack': process.cwd(), ...Object.fromEntries(present) };
}

function refuse(path: string): (error: unknown) => never {
  return (error) => {
    throw new AttuneError(
      'invalid_wasm_module',
      `${path} is no module of WASI preview 1: ${describeError(error)}`,
      { cause: error },
    );
  };
}
