import { expect, test } from 'vitest';
import { detectGpus } from '../../../../../src/agent/detect/container/gpus.ts';
import { folderWith } from '../../../../support/folder.ts';

test('those that the container may use, by model', () => {
  const root = folderWith({
    'dev/nvidia1': '',
    'dev/nvidia0': '',
    'dev/nvidiactl': '',
    'proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA A100\nDevice Minor: \t 0\n',
    'proc/driver/nvidia/gpus/0000:02:00.0/information': 'Model: \t\t NVIDIA T4\nDevice Minor: \t 2\n',
  });
  expect(detectGpus(root)).toEqual(['NVIDIA A100', 'nvidia']);
});

test('none', () => {
  expect(detectGpus(folderWith({}))).toEqual([]);
});
