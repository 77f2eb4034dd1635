// A process that wants an environment several times at once, as an agent does: builder.ts ROOT SCRIPT COUNT [fast].
// Says where each of them was and how many files were in it, one JSON line each, and leaves.
import { readdirSync } from 'node:fs';
import { createEnvironments } from '../../../../src/agent/environments/environments.ts';
import { startSupervised } from './host.ts';
import { recipeOf } from './recipes.ts';

const [root = '', script = '', count = '1', speed] = process.argv.slice(2);
const host = await startSupervised();
const environments = createEnvironments({
  host,
  holder: `process ${process.pid}`,
  confinement: { umask: 0o022, user: undefined, nice: 0, limits: [], noNewPrivileges: false },
  config: { environmentTimeout: 60, graceTime: 1, outputLimit: 1024 },
  ...(speed === 'fast' ? { timing: { beat: 20, look: 10, patience: 200 } } : {}),
});
const recipe = recipeOf(root, script);
process.stdout.write('ready\n');

const wanted = Array.from({ length: Number(count) }, async () => {
  try {
    const { folder } = await environments.provide(recipe, {
      write: () => undefined,
      onWait: () => undefined,
      keys: () => Promise.resolve({}),
      signal: new AbortController().signal,
    });
    return { folder, files: readdirSync(folder).length };
  } catch (error) {
    return { error: String(error) };
  }
});
for (const answer of await Promise.all(wanted)) process.stdout.write(`${JSON.stringify(answer)}\n`);
await host.close();
