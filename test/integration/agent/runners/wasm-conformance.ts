import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { runAgentCommand } from '../../../support/try.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures');

/** What `wasm` does, of any agent. */
export function wasmConformance(agent: readonly [string, ...string[]]): void {
  test('a module reads standard input and writes both outputs', async () => {
    const greet = join(fixtures, 'greetings/actions/wasm.wasm');
    expect(await runAgentCommand(agent, ['wasm', greet], { input: "name='Ada'\n" })).toEqual({
      status: 0,
      stdout: '{"greeting": "Hello, Ada"}\n',
      stderr: 'greeting Ada\n',
    });
  });

  test('a module reads its pack, writes its artifacts, and has an exit code', async () => {
    const folder = folderWith({ 'pack/given.txt': 'of the pack', 'artifacts/other.txt': '' });
    copyFileSync(join(fixtures, 'wasm/copy.wasm'), join(folder, 'pack/copy.wasm'));
    const artifacts = join(folder, 'artifacts');
    const ended = await runAgentCommand(agent, ['wasm', 'copy.wasm'], {
      environment: { ATTUNE_ARTIFACTS_DIR: artifacts },
      folder: join(folder, 'pack'),
    });
    expect(ended).toEqual({ status: 3, stdout: '', stderr: '' });
    expect(readFileSync(join(artifacts, 'made.txt'), 'utf8')).toBe('of the pack');
  });

  test('a trap says where it happened', async () => {
    const { status, stderr } = await runAgentCommand(agent, ['wasm', join(fixtures, 'wasm/trap.wasm')]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/RuntimeError: unreachable\n +at divide_by_zero/);
  });

  test('a file that is no module is refused by name', async () => {
    const file = join(folderWith({ 'act.wasm': 'text' }), 'act.wasm');
    const { status, stderr } = await runAgentCommand(agent, ['wasm', file]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /act\.wasm is no module of WASI preview 1: .*\(invalid_wasm_module\)/,
      ) as unknown,
    });
  });
}
