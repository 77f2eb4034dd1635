import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { detectJson, detectText } from '../../../../src/agent/commands/detect.ts';
import { createDetector, detect, type DetectOptions } from '../../../../src/agent/detect/detect.ts';
import { capabilities } from '../../../../src/contract/capability.ts';
import { runtimeDefinition } from '../../../../src/contract/runtime.ts';
import { folderWith } from '../../../support/folder.ts';

function container(): { options: DetectOptions; bin: string } {
  const bin = join(
    folderWith({
      'bin/ruby': { program: '#!/bin/sh\necho ruby 3.1.2\n' },
      'bin/perl': { program: '#!/bin/sh\n' },
    }),
    'bin',
  );
  return { options: { environment: { PATH: bin } }, bin };
}

test('what is detected is what the contract calls capabilities', async () => {
  const { options, bin } = container();
  const { runtimes, container: found, warnings } = await detect(options);
  expect(capabilities.parse({ runtimes, ...found }).runtimes).toEqual([
    { name: 'ruby', version: '3.1.2', path: join(bin, 'ruby') },
    { name: 'native' },
    { name: 'javascript', version: process.versions.node },
    { name: 'wasm' },
  ]);
  expect(warnings).toEqual([
    `${join(bin, 'perl')} is not offered as perl: it prints no version that we know`,
  ]);
});

/** Two runtimes that are asked for their version in this way. */
const known = (args: string[]) =>
  ['sole', 'shy'].map((name) => ({
    autoDetected: false,
    definition: runtimeDefinition.parse({
      ref: `acme.${name}`,
      name,
      distributions: { verification: { commands: [{ binary: name, args }] } },
    }),
  }));

test('who looks again asks those only that gave no answer, or are to be asked in another way', async () => {
  const count = 'echo x >> "$OUT/$(basename "$0")"; ';
  const root = folderWith({
    'bin/sole': { program: `#!/bin/sh\n${count} echo 1.2.3\n` },
    'bin/shy': { program: `#!/bin/sh\n${count} [ -e "$OUT/brave" ] && echo 4.5.6\n` },
    'out/.keep': '',
  });
  const out = join(root, 'out');
  const detector = createDetector({
    environment: { PATH: `${join(root, 'bin')}:/bin:/usr/bin`, OUT: out },
    runtimes: ['sole', 'shy'],
  });
  const look = async (args: string[]) => {
    const { runtimes } = await detector.look(known(args));
    const asked = ['sole', 'shy'].map((name) => readFileSync(join(out, name), 'utf8').length / 2);
    return { asked, versions: runtimes.map(({ version }) => version) };
  };
  expect(await look(['-v'])).toEqual({ asked: [1, 1], versions: ['1.2.3', undefined] });
  writeFileSync(join(out, 'brave'), '');
  expect(await look(['-v'])).toEqual({ asked: [1, 2], versions: ['1.2.3', '4.5.6'] });
  expect(await look(['-v'])).toEqual({ asked: [1, 2], versions: ['1.2.3', '4.5.6'] });
  expect(await look(['-V'])).toEqual({ asked: [2, 3], versions: ['1.2.3', '4.5.6'] });
});

test('the user may say what is advertised', async () => {
  const { options, bin } = container();
  const { runtimes, warnings } = await detect({ ...options, runtimes: ['erlang', 'rb'] });
  expect(runtimes).toEqual([{ name: 'erlang' }, { name: 'ruby', version: '3.1.2', path: join(bin, 'ruby') }]);
  expect(warnings).toEqual([expect.stringContaining('erlang')]);
});

test('the table shows runtimes and container, aligned', async () => {
  const { options, bin } = container();
  const lines = (await detectText(options)).split('\n');
  const version = process.versions.node.padEnd(7);
  expect(lines.slice(0, 6)).toEqual([
    `RUNTIME     ${'VERSION'.padEnd(version.length)}  PATH`,
    `ruby        ${'3.1.2'.padEnd(version.length)}  ${join(bin, 'ruby')}`,
    `native      ${'-'.padEnd(version.length)}  -`,
    `javascript  ${version}  -`,
    `wasm        ${'-'.padEnd(version.length)}  -`,
    '',
  ]);
  expect(lines.slice(6).map((line) => line.split(/\s/, 1)[0])).toEqual([
    'architecture',
    'libc',
    'distribution',
    'cpus',
    'memory',
    'gpus',
    '',
    'warning:',
  ]);
});

test('--json says the same to programs', async () => {
  const { options } = container();
  const document = z.object({ ...capabilities.shape, warnings: z.array(z.string()) });
  const found = document.parse(JSON.parse(await detectJson({ ...options, runtimes: ['ruby'] })));
  expect(found).toMatchObject({ runtimes: [{ name: 'ruby', version: '3.1.2' }], warnings: [] });
});
