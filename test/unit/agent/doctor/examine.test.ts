import { expect, test } from 'vitest';
import { examine } from '../../../../src/agent/doctor/examine.ts';
import { ok, warning, worstOf } from '../../../../src/agent/doctor/finding.ts';
import { renderFindings } from '../../../../src/agent/doctor/render.ts';

test('all checks are made, and what rejects, throws or hangs is a failure', async () => {
  const findings = await examine(
    [
      { name: 'hangs', examine: () => new Promise(() => undefined) },
      { name: 'good', examine: () => ok('as it should be') },
      { name: 'rejects', examine: () => Promise.reject(new Error('it said no')) },
      {
        name: 'throws',
        examine() {
          throw new Error('it fell over');
        },
      },
    ],
    0.01,
  );
  expect(findings).toMatchObject([
    { check: 'hangs', status: 'failure', message: 'no answer within 0.01 s' },
    { check: 'good', status: 'ok', message: 'as it should be' },
    { check: 'rejects', status: 'failure', message: 'it said no' },
    { check: 'throws', status: 'failure', message: 'it fell over' },
  ]);
});

test('the worst finding counts', () => {
  const [good, bad] = [ok('yes'), warning('no', 'mend it')];
  expect(worstOf([])).toBe('ok');
  expect(worstOf([good, bad, good])).toBe('warning');
  expect(worstOf([bad, { status: 'failure' }, good])).toBe('failure');
});

const findings = [
  { check: 'a', ...ok('yes') },
  { check: 'longer', ...warning('no\nnever', 'mend it') },
];

test('findings are a line each, with the fix, and a line that counts them', () => {
  expect(renderFindings(findings, { coloured: false })).toBe(
    ['ok       a       yes', 'warning  longer  no never. Fix: mend it', '1 ok, 1 warning, 0 failure'].join(
      '\n',
    ),
  );
});

test('the status is coloured where that is wanted', () => {
  expect(renderFindings(findings, { coloured: true })).toContain('\u001B[33mwarning\u001B[39m');
});
