import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { startSystem } from '../../support/system.ts';

const python = 'runner_type: python\noutput_format: json\n';

/** A wheel of a package `greeter`, made by hand: a wheel is a zip with two files that describe it. */
function makeWheel(folder: string): string {
  const name = 'greeter-1.0-py3-none-any.whl';
  const script = [
    'import sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    wheel.writestr("greeter.py", "def greet(): return \'hello\'\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.0\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/RECORD", "")',
  ].join('\n');
  execFileSync('python3', ['-c', script, join(folder, name)]);
  return join(folder, name);
}

describe.skipIf(!requires('python3') || !requires('postgres'))('a pack with a requirement of Python', () => {
  test('is run in an environment that is built once', async () => {
    const system = await startSystem('postgresql');
    const wheel = makeWheel(folderWith({}));
    const environments = folderWith({});
    await system.startAgent({ ATTUNE_WORKER_RUNTIMES: 'python', ATTUNE_RUNTIME_ENVS_DIR: environments });
    await system.register(
      {
        'it.yaml': `ref: test.it\nentry_point: it.py\n${python}`,
        'it.py': 'import greeter, json; print(json.dumps(greeter.greet()))\n',
      },
      { 'requirements.txt': `${wheel}\n` },
    );
    const first = await system.execute('test.it');
    expect(await system.reaches(first.id)).toMatchObject({ state: 'completed', result: { data: 'hello' } });
    expect(await system.log(first.id, 'stderr')).toMatch(
      /^attune: building the environment python-[\d.]+-[0-9a-f]{16} of the pack test\n[^]*Successfully installed greeter-1\.0[^]*the environment is ready after \d+ s\n$/,
    );
    const second = await system.execute('test.it');
    expect(await system.reaches(second.id)).toMatchObject({ state: 'completed', result: { data: 'hello' } });
    expect(await system.log(second.id, 'stderr')).toBe('');
  });
});
