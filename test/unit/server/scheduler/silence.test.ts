import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SilenceJudge } from '../../../../src/server/scheduler/silence.ts';

const worker = (heartbeat: string) => [{ worker: 1, heartbeat }];

describe('SilenceJudge', () => {
  test('gives up a worker whose heartbeat stands still for long enough', () => {
    const judge = new SilenceJudge(3000, 1000);
    const lost = [0, 1000, 2000, 3000].map((now) => judge.look(worker('a'), now).length);
    expect(lost).toEqual([0, 0, 0, 1]);
  });

  test('a heartbeat that moves starts it anew', () => {
    const judge = new SilenceJudge(3000, 1000);
    for (const now of [0, 1000, 2000]) judge.look(worker('a'), now);
    expect(judge.look(worker('b'), 3000)).toEqual([]);
    expect(judge.look(worker('b'), 5000)).toEqual([]);
    expect(judge.look(worker('b'), 6000)).toEqual(worker('b'));
  });

  test('time in which the database could not be seen does not count', () => {
    const judge = new SilenceJudge(3000, 1000);
    judge.look(worker('a'), 0);
    judge.blind();
    expect(judge.look(worker('a'), 3600_000)).toEqual([]);
  });

  test('a server that was paused does not count its own sleep', () => {
    const judge = new SilenceJudge(3000, 1000);
    judge.look(worker('a'), 0);
    expect(judge.look(worker('a'), 3600_000)).toEqual([]);
  });

  test('never gives up a worker before it has looked for the whole time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 40 }), (steps) => {
        const judge = new SilenceJudge(5000, 1000);
        let now = 0;
        judge.look(worker('a'), now);
        let visible = 0;
        for (const step of steps) {
          now += step;
          visible += step > 4000 ? 0 : step;
          expect(judge.look(worker('a'), now).length).toBe(visible >= 5000 ? 1 : 0);
        }
      }),
    );
  });
});
