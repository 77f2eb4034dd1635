import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { SegmentType, readElf } from '../../../build/elf/read.ts';
import { buildInfo } from '../../../src/shared/build-info.ts';
import { requires } from '../../support/requires.ts';
import { parsed, start, startAlone } from '../../support/sealed/run.ts';

const agent = join(import.meta.dirname, '../../../dist/attune-agent');

describe.skipIf(!requires('agent'))('the sealed agent', () => {
  test('asks for no interpreter', () => {
    const { segments } = readElf(readFileSync(agent));
    expect(segments.map(({ type }) => type)).not.toContain(SegmentType.interpreter);
  });

  test('--version, for people and for programs', async () => {
    const { version } = buildInfo();
    const line = await start(agent, ['--version']).result;
    expect(line).toMatchObject({ end: 0, stderr: '' });
    expect(line.stdout).toMatch(
      new RegExp(`^attune-agent ${version} \\(commit [^ ]+, Node 24\\.[0-9.]+, ${process.arch}\\)\n$`),
    );
    const json = await start(agent, ['--version', '--json']).result;
    expect(parsed(json.stdout)).toMatchObject({
      version,

      node: process.versions.node,
      architecture: process.arch,
    });
  });

  test('licenses: the texts of all that is inside', async () => {
    const { end, stdout } = await start(agent, ['licenses']).result;
    expect(end).toBe(0);
    for (const text of [
      'Node.js is licensed for use as follows',
      'GNU LESSER GENERAL PUBLIC LICENSE',
      'GCC RUNTIME LIBRARY EXCEPTION',
      'GNU GENERAL PUBLIC LICENSE',
    ]) {
      expect(stdout).toContain(text);
    }
  });

  test('licenses may be read in part', async () => {
    const { end, stderr } = await start('/bin/sh', ['-c', '"$0" licenses | head -1', agent]).result;
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
  });

  test('--help names its commands', async () => {
    const { end, stdout } = await start(agent, ['--help']).result;
    expect(end).toBe(0);
    for (const command of ['detect', 'licenses', '--version']) expect(stdout).toContain(command);
  });

  test.skipIf(!requires('namespaces'))('answers from an empty root directory', async () => {
    const { end, stdout } = await startAlone(agent, ['--version']).result;
    expect(end).toBe(0);
    expect(stdout).toContain('attune-agent');
  });
});
