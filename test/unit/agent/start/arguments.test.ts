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
      words: [],
      own: {},
    });
  });

  test('keeps words and options of a command apart from settings', () => {
    const shape = { words: true, options: ['only'] };
    const { flags, own, words } = readArguments(
      ['a', '--only=x', '--worker-pool=y', 'b'],
      agentSettings,
      shape,
    );
    expect({ flags, own, words }).toEqual({
      flags: { '--worker-pool': 'y' },
      own: { only: 'x' },
      words: ['a', 'b'],
    });
  });

  test.each([['--no-such-flag'], ['dance'], ['--worker-pool']])('refuses %s', (argument) => {
    expect(() => readArguments([argument], agentSettings)).toThrow(/attune-agent --help/);
  });

  test.each([['--database-url=postgres://a:b@c/d'], ['--database-url', 'postgres://a:b@c/d']])(
    'takes no secret, and does not repeat it: %s',
    (...words) => {
      const read = () => readArguments(words, agentSettings);
      expect(read).toThrow(/set ATTUNE__DATABASE__URL, or ATTUNE__DATABASE__URL_FILE/);
      expect(read).not.toThrow(/a:b/);
    },
  );
});
