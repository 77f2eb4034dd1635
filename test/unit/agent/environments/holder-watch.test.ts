import { expect, test } from 'vitest';
import { HolderWatch } from '../../../../src/agent/environments/lock/holder-watch.ts';

const timing = { beat: 1000, look: 200, patience: 5000 };

function watchAt() {
  let now = 0;
  const watch = new HolderWatch(timing, () => now);
  return (milliseconds: number, number: number, text: string) => {
    now += milliseconds;
    return watch.look({ number, text, note: undefined });
  };
}

test('a holder is dead when it has said nothing for five seconds', () => {
  const look = watchAt();
  look(0, 1, 'a');
  for (const _ of Array(4)) expect(look(1000, 1, 'a')).toBe(false);
  expect(look(1000, 1, 'a')).toBe(true);
});

test('a word starts the time anew, and so does another holder', () => {
  const look = watchAt();
  for (const text of 'aaaaab') expect(look(1000, 1, text)).toBe(false);
  for (const _ of Array(4)) expect(look(1000, 1, 'b')).toBe(false);
  expect(look(1000, 2, 'b')).toBe(false);
});

test('an observer that was stopped has seen nothing meanwhile', () => {
  const look = watchAt();
  look(0, 1, 'a');
  expect(look(600_000, 1, 'a')).toBe(false);
});
