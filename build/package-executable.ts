import childProcess from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Makes a single executable with @yao-pkg/pkg, in a process of its own: pkg prints to stdout and changes directory.
 * Arguments: the architecture, the CommonJS bundle, the Node to put it into, the output, and assets as name=path.
 */
const [architecture = '', bundle = '', node = '', output = '', ...assetArguments] = process.argv.slice(2);

/**
 * A small young generation on one thread: an agent makes little garbage, and each of its pages is copied in the page tables of every fork.
 * The code cache is only good for the flags that it was made with.
 */
const ofAgent = ['--max-semi-space-size=2', '--single-threaded-gc'];
/** The server answers many at a time, and forks nothing. */
const heapFlags = basename(bundle) === 'attune.cjs' ? [] : ofAgent;

makeReproducible();

const assets: Record<string, string> = {};
for (const argument of assetArguments) {
  const [name = '', path = ''] = argument.split('=', 2);
  assets[name] = path;
}
const { default: pkg } = await import('@yao-pkg/pkg/lib-es5/sea.js');
const seaConfig = {
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  // V8 makes it for the architecture that it runs on alone.
  useCodeCache: architecture === process.arch,
  // A container's NODE_OPTIONS is for the container's Node.
  execArgvExtension: 'none',
  // A container's OPENSSL_CONF may load modules that our static OpenSSL cannot, and Node then aborts. SIGUSR1 would open a
  // debugger, and with it all secrets, to every job of the same user.
  execArgv: ['--openssl-config=/dev/null', '--disable-sigusr1', ...heapFlags],
  assets,
};
await pkg.default(bundle, {
  targets: [{ nodeRange: `node${process.versions.node}`, platform: 'linux', arch: architecture, output }],
  nodePath: node,
  seaConfig,
});

/**
 * One tree has to give one file, for which pkg has no options, so its call of `node --experimental-sea-config` is changed:
 * V8 stores randomly seeded string hashes in the code cache, unless it is given a seed (the running agent still takes a
 * random one; and not --hash-seed, which a cache must match). And the path of the bundle is stored, so it is a bare name.
 *
 * A Node of another architecture can't be asked for its version: package-lock.json pins all to that of this one.
 */
function makeReproducible(): void {
  const { execFile } = childProcess;
  const execFileReproducibly = (
    file: string,
    [flag = '', configPath = '']: readonly string[],
    done: (error: Error | null, output?: { stdout: string }) => void,
  ): void => {
    if (flag === '--version') {
      done(null, { stdout: process.version });
      return;
    }
    const config: unknown = JSON.parse(readFileSync(configPath, 'utf8'));
    if (typeof config !== 'object') throw new TypeError(`${configPath} is not an object`);
    writeFileSync(configPath, JSON.stringify({ ...config, main: basename(bundle) }));
    execFile(file, ['--random-seed=1', ...heapFlags, flag, configPath], { cwd: dirname(bundle) }, (error) =>
      done(error),
    );
  };
  Object.assign(childProcess, { execFile: execFileReproducibly });
}
