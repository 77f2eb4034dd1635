import { bundleForExecutable } from '../../../build/bundle.ts';
import { hostArchitectures } from '../../../build/host.ts';
import { silent } from '../../../build/progress.ts';
import { makeSealedProgram } from '../../../build/sealed-program.ts';

/** Seals test/fixtures/seal/probe.ts as the build seals the agent, and returns its path. Made anew only if it changed. */
export async function sealedProbe(): Promise<string> {
  const architecture = hostArchitectures.find((name) => name === process.arch);
  if (architecture === undefined) throw new Error(`nothing can be sealed on ${process.arch}`);
  const bundle = await bundleForExecutable('test/fixtures/seal/probe.ts', {
    version: '0.0.0',
    commit: 'test',
  });
  return makeSealedProgram('seal-probe', bundle, architecture, silent);
}
