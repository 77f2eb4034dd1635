import { describe, expect, test } from 'vitest';
import { choosePool } from '../../../../src/server/scheduler/choose.ts';
import { waitingReason } from '../../../../src/server/scheduler/waiting-reason.ts';
import { pool } from './pools.ts';

const python = { runtimes: { python: '>=3.12' }, labels: {} };
const shell = { runtimes: { shell: '*' }, labels: {} };

describe('choosePool', () => {
  test('takes only pools that satisfy the requirement', () => {
    const pools = [pool('old', ['python@3.11.2']), pool('new', ['python@3.12.1'])];
    expect(choosePool(python, pools)?.name).toBe('new');
    expect(choosePool(python, pools.slice(0, 1))).toBeUndefined();
  });

  test('knows aliases on both sides', () => {
    expect(
      choosePool({ runtimes: { 'Node.js': '>=20' }, labels: {} }, [pool('js', ['nodejs@22.1.0'])])?.name,
    ).toBe('js');
  });

  test('an unknown version satisfies any version only', () => {
    const pools = [pool('busybox', ['shell'])];
    expect(choosePool(shell, pools)?.name).toBe('busybox');
    expect(choosePool({ runtimes: { shell: '>=5' }, labels: {} }, pools)).toBeUndefined();
  });

  test('prefers a live worker to less surplus', () => {
    const pools = [
      pool('dead', ['shell'], { workers: 0, slots: 0 }),
      pool('alive', ['shell', 'python@3.12.0']),
    ];
    expect(choosePool(shell, pools)?.name).toBe('alive');
  });

  test('a shell job does not occupy a GPU', () => {
    const pools = [
      pool('gpu', ['shell'], { gpus: ['0'] }),
      pool('many', ['shell', 'ruby@3.3.0', 'perl@5.36.0'], { load: 50 }),
    ];
    expect(choosePool(shell, pools)?.name).toBe('many');
  });

  test('a pool with a label is for those who ask for it, while another is there', () => {
    const pools = [
      pool('labelled', ['shell'], { labels: { team: 'a' } }),
      pool('plain', ['shell', 'ruby@3.3.0'], { load: 9 }),
    ];
    expect(choosePool(shell, pools)?.name).toBe('plain');
    expect(choosePool({ runtimes: { shell: '*' }, labels: { team: 'a' } }, pools)?.name).toBe('labelled');
  });

  test('a free slot beside more runtimes is better than waiting', () => {
    const pools = [pool('small', ['shell'], { load: 2 }), pool('large', ['shell', 'ruby@3.3.0'])];
    expect(choosePool(shell, pools)?.name).toBe('large');
    expect(choosePool(shell, [pool('small', ['shell'], { load: 1 }), ...pools.slice(1)])?.name).toBe('small');
  });

  test('among equals takes the least load per slot', () => {
    const pools = [pool('a', ['shell'], { load: 3, slots: 2 }), pool('b', ['shell'], { load: 4, slots: 8 })];
    expect(choosePool(shell, pools)?.name).toBe('b');
  });

  test('labels must match exactly', () => {
    const wants = { runtimes: { shell: '*' }, labels: { gpu: 'true' } };
    expect(
      choosePool(wants, [pool('no', ['shell']), pool('yes', ['shell'], { labels: { gpu: 'true' } })])?.name,
    ).toBe('yes');
  });

  test('a native action runs on any worker', () => {
    expect(choosePool({ runtimes: { native: '*' }, labels: {} }, [pool('bare', [])])?.name).toBe('bare');
  });

  test('a dead pool is better than none, so that an autoscaler can start from zero', () => {
    expect(choosePool(shell, [pool('dead', ['shell'], { workers: 0, slots: 0 })])?.name).toBe('dead');
  });
});

describe('waitingReason', () => {
  test('says what is needed and what each worker lacks', () => {
    const wants = { runtimes: { python: '>=3.12' }, labels: { gpu: 'true' } };
    const pools = [
      pool('old', ['python@3.11.2'], { workers: 5 }),
      pool('plain', ['python@3.12.1'], { workers: 2 }),
    ];
    expect(waitingReason(wants, pools)).toBe(
      'needs python >=3.12 and label gpu=true; 7 workers: 5 lack python >=3.12 (have 3.11.2), 2 lack label gpu=true',
    );
  });

  test('says what there is instead, each once, in the order of versions', () => {
    const wants = { runtimes: { python: '>=3.13' }, labels: {} };
    const pools = [
      pool('one', ['python@3.12.1', 'python@3.9.2'], { workers: 2 }),
      pool('two', ['python@3.10.1', 'python@3.12.1']),
      pool('odd', ['python']),
      pool('gone', ['python@3.1.0'], { workers: 0 }),
    ];
    expect(waitingReason(wants, pools)).toBe(
      'needs python >=3.13; 4 workers: 4 lack python >=3.13 (have 3.9.2, 3.10.1, 3.12.1, an unknown version)',
    );
    const far = { runtimes: { shell: '*' }, labels: { zone: 'b' } };
    expect(waitingReason(far, [pool('a', ['shell'], { labels: { zone: 'a' } })])).toBe(
      'needs shell and label zone=b; 1 worker: 1 lacks label zone=b (has zone=a)',
    );
  });

  test('a long list of versions is cut, the latest stay', () => {
    const versions = Array.from({ length: 12 }, (_, index) => `python@3.${index}.0`);
    const reason = waitingReason({ runtimes: { python: '>=4' }, labels: {} }, [pool('many', versions)]);
    expect(reason).toContain('(has 3.4.0, 3.5.0,');
    expect(reason).toContain('3.11.0, …)');
  });

  test('says when there is nobody', () => {
    expect(waitingReason(shell, [])).toBe('needs shell; no worker is online');
  });
});
