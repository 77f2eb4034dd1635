import { describe, expect, test } from 'vitest';
import { installCommand, readInstallArguments } from '../../../../src/agent/commands/install.ts';

describe('the arguments of install', () => {
  test.each([
    [['/opt/attune'], { folder: '/opt/attune', mode: 0o755, json: false }],
    [['/opt/attune/', '--mode', '0555', '--json'], { folder: '/opt/attune', mode: 0o555, json: true }],
    [['--mode=711', '/x/../y'], { folder: '/y', mode: 0o711, json: false }],
  ])('%j', (argv, expected) => {
    expect(readInstallArguments(argv)).toEqual(expected);
  });

  test.each([
    [[], 'install needs one folder'],
    [[''], 'install needs one folder'],
    [['/a', '/b'], 'install needs one folder'],
    [['/a', '--mode', 'rwx'], '--mode must be permission bits like 0755'],
    [['/a', '--mode', '4755'], '--mode must be permission bits like 0755'],
    [['/a', '--force'], "Unknown option '--force'"],
  ])('%j is refused', (argv, reason) => {
    expect(() => readInstallArguments(argv)).toThrow(
      expect.objectContaining({
        code: 'invalid_arguments',
        message: expect.stringContaining(reason) as unknown,
      }),
    );
  });

  test('only the sealed file can install itself', () => {
    expect(() => installCommand(['/nonexistent/folder'])).toThrow(
      expect.objectContaining({ code: 'not_sealed' }),
    );
  });
});
