import { describe, expect, test } from 'vitest';
import { javascriptConformance } from '../../integration/agent/runners/javascript-conformance.ts';
import { packagesConformance } from '../../integration/agent/runners/packages-conformance.ts';
import { wasmConformance } from '../../integration/agent/runners/wasm-conformance.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { runAgentCommand } from '../../support/try.ts';

describe.skipIf(!requires('agent'))('the sealed agent as an interpreter', () => {
  describe('of JavaScript', () => {
    javascriptConformance([agentFile]);

    test('is one process, without a supervisor, which others of its user may look into', async () => {
      const code = 'console.log(process.ppid, require("node:fs").statSync("/proc/self/fd").uid);\n';
      const script = `${folderWith({ 'act.js': code })}/act.js`;
      const { stdout } = await runAgentCommand([agentFile], ['javascript', script]);
      expect(stdout).toBe(`${process.pid} ${process.getuid?.()}\n`);
    });
  });

  describe('with packages', () => {
    packagesConformance([agentFile]);
  });

  describe('of WebAssembly', () => {
    wasmConformance([agentFile]);
  });
});
