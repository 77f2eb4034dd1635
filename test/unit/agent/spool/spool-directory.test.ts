import { describe, expect, test } from 'vitest';
import { spoolDirectory } from '../../../../src/agent/spool/spool-directory.ts';

describe('spoolDirectory', () => {
  test('is the same for the same control plane, whatever the password is now', () => {
    expect(spoolDirectory('/spool', 'postgres://attune:new@db:5432/attune')).toBe(
      spoolDirectory('/spool', 'postgres://attune:old@db:5432/attune?sslmode=require'),
    );
  });

  test.each(['postgres://attune@db:5433/attune', 'postgres://attune@db:5432/other', 'postgres://x/attune'])(
    'differs for another: %s',
    (other) => {
      expect(spoolDirectory('/spool', other)).not.toBe(
        spoolDirectory('/spool', 'postgres://attune@db:5432/attune'),
      );
    },
  );
});
