import { describe, expect, test } from 'vitest';
import { scenesFor } from '../../../../src/cli/demo/scenes.ts';

describe('scenesFor', () => {
  test('shows each runtime that the worker has once, and every way to end', () => {
    const scenes = scenesFor([
      { name: 'python', version: '3.11.2' },
      { name: 'python', version: '3.13.0' },
      { name: 'shell', version: '5.2.15' },
      { name: 'native' },
    ]);
    const completed = scenes.filter(({ expected }) => expected === 'completed');
    expect(completed.map(({ runtime, version }) => `${runtime} ${version}`)).toEqual([
      'python 3.11.2',
      'shell 5.2.15',
      'shell 5.2.15',
    ]);
    const others = scenes.filter(({ expected }) => expected !== 'completed');
    expect(others.map(({ expected }) => expected)).toEqual(['failed', 'timeout', 'cancelled', 'requested']);
  });

  test('leaves out a runtime whose versions do not suit the action, and names the highest that does', () => {
    expect(java('8.0.402')).toEqual([]);
    expect(java('8.0.402', '11.0.2', '21.0.1', '17.0.1')).toMatchObject([{ version: '21.0.1' }]);
  });

  test('shows libraries for each version of a runtime that has an environment of its own', () => {
    const scenes = scenesFor(['24.1.0', '20.2.0', '22.3.0'].map((version) => ({ name: 'node', version })));
    expect(scenes.filter(({ action }) => action.startsWith('libraries.'))).toMatchObject([
      { action: 'libraries.duration', version: '24.1.0' },
      { action: 'libraries.duration_older_node', version: '20.2.0' },
    ]);
  });

  test('also shows a shell whose version nobody knows', () => {
    const scenes = scenesFor([{ name: 'shell' }]);
    expect(scenes.find(({ action }) => action === 'example.folder_summary')).toMatchObject({ version: null });
  });
});

function java(...versions: string[]) {
  const scenes = scenesFor(versions.map((version) => ({ name: 'java', version })));
  return scenes.filter(({ runtime }) => runtime === 'java');
}
