import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { withCertificates } from '../../../../src/agent/start/certificates-of-jobs.ts';
import { splitCertificates } from '../../../../src/shared/certificates/read-bundle.ts';
import { createLogger } from '../../../../src/shared/logger.ts';
import { folderWith } from '../../../support/folder.ts';

const logger = createLogger('silent');
const own = rootCertificates[0] ?? '';

function scene() {
  const folder = folderWith({ 'ca.pem': own });
  mkdirSync(join(folder, 'tmp'));
  return { caBundle: join(folder, 'ca.pem'), temporaryDirectory: join(folder, 'tmp') };
}

describe('the certificates of executions', () => {
  test('where no authority is named, nothing changes', () => {
    const environment = { PATH: '/bin' };
    const trust = { ...scene(), caBundle: undefined };
    expect(withCertificates(environment, trust, logger)).toBe(environment);
  });

  test('tools that replace their authorities get all of them, in a file that everybody can read', () => {
    const trust = scene();
    const { SSL_CERT_FILE: file = '', ...others } = withCertificates({}, trust, logger);
    expect(others).toMatchObject({ REQUESTS_CA_BUNDLE: file, CURL_CA_BUNDLE: file, PIP_CERT: file });
    const all = splitCertificates(readFileSync(file, 'latin1'));
    expect(all.length).toBeGreaterThan(1);
    expect(all.at(-1)).toBe(own);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  test('Node, which keeps its own, gets the file that was named', () => {
    const trust = scene();
    expect(withCertificates({}, trust, logger)['NODE_EXTRA_CA_CERTS']).toBe(trust.caBundle);
  });

  test('what the container sets itself stays, be it empty', () => {
    const environment = { CURL_CA_BUNDLE: '/etc/own.pem', PIP_CERT: '', PATH: '/bin' };
    expect(withCertificates(environment, scene(), logger)).toMatchObject(environment);
  });

  test('a second agent uses the same file', () => {
    const trust = scene();
    withCertificates({}, trust, logger);
    withCertificates({}, trust, logger);
    expect(readdirSync(trust.temporaryDirectory)).toHaveLength(1);
  });

  test('where no file can be written, only what adds is said', () => {
    const trust = { ...scene(), temporaryDirectory: '/nonexistent/tmp' };
    expect(withCertificates({}, trust, logger)).toEqual({ NODE_EXTRA_CA_CERTS: trust.caBundle });
  });

  test('a file that names no authority is refused', () => {
    const trust = { ...scene(), caBundle: join(folderWith({ empty: '' }), 'empty') };
    expect(() => withCertificates({}, trust, logger)).toThrow(/ATTUNE_CA_BUNDLE names/);
  });
});
