import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { readCaBundle, splitCertificates } from '../../../../src/shared/certificates/read-bundle.ts';
import { systemCertificates } from '../../../../src/shared/certificates/system-bundle.ts';
import { folderWith } from '../../../support/folder.ts';

const [one = '', other = ''] = rootCertificates;

const caught = (path: string) => {
  try {
    return readCaBundle(path);
  } catch (error) {
    return error;
  }
};

describe('the file of further authorities', () => {
  test('may hold several certificates, and other text between them', () => {
    const folder = folderWith({ bundle: `# ours\n${one}\n# theirs\n${other}\n` });
    expect(readCaBundle(join(folder, 'bundle'))).toEqual([one, other]);
  });

  test.each([
    ['empty', '', 'holds no certificate'],
    ['key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'holds no certificate'],
    ['damaged', `${one}\n${other.replace(/\n.{20}/, '\n')}`, 'certificate 2 of'],
  ])('that is %s is refused', (name, content, reason) => {
    const path = join(folderWith({ [name]: content }), name);
    expect(caught(path)).toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringMatching(/^ATTUNE_CA_BUNDLE names .*/) as unknown,
    });
    expect(String(caught(path))).toContain(reason);
  });

  test('that is missing is named', () => {
    expect(String(caught('/nonexistent/ca.pem'))).toContain('/nonexistent/ca.pem');
  });
});

test('text without certificates has none', () => {
  expect(splitCertificates('nothing')).toEqual([]);
});

describe('the authorities of the system', () => {
  test('come from the first file that is there', () => {
    const folder = folderWith({ second: one, third: other });
    const files = ['first', 'second', 'third'].map((name) => join(folder, name));
    expect(systemCertificates(files)).toEqual([one]);
  });

  test('are none where no file is there', () => {
    expect(systemCertificates([])).toEqual([]);
  });
});
