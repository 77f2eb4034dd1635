import { describe, expect, test } from 'vitest';
import { agentSettings } from '../../../../src/agent/settings.ts';
import { readArguments } from '../../../../src/agent/start/arguments.ts';

describe('readArguments', () => {
  test('reads a flag for each setting', () => {
    expect(
      readArguments(
        ['--worker-pool=ruby', '--worker-concurrency', '4', '--json', '--config', 'x.yaml'],
        agentSettings,
      ),
    ).toEqual({
      flags: { '--worker-pool': 'ruby', '--worker-concurrency': '4' },
      json: true,
      file: 'x.yaml',
    });
  });

  test.each([['--no-such-flag'], ['dance'], ['--worker-pool']])('refuses %s', (argument) => {
    expect(() => readArguments([argument], agentSettings)).toThrow(/attune-agent --help/);
  });
});
