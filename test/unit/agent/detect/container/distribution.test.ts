import { expect, test } from 'vitest';
import { detectDistribution } from '../../../../../src/agent/detect/container/distribution.ts';
import { folderWith } from '../../../../support/folder.ts';

test.each([
  ['PRETTY_NAME="x"\nID=debian\nVERSION_ID="12"\n', 'debian 12'],
  ["ID='alpine'\nVERSION_ID=3.20.1\n", 'alpine 3.20.1'],
  ['ID=arch\n', 'arch'],
  ['', undefined],
])('%j is %s', (text, distribution) => {
  expect(detectDistribution(folderWith({ 'usr/lib/os-release': text }))).toBe(distribution);
});

test('nothing is known of an image without the file', () => {
  expect(detectDistribution(folderWith({}))).toBeUndefined();
});
