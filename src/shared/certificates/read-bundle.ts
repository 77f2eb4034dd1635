import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AttuneError, describeError } from '../errors.ts';

/**
 * The certificates of the file that ATTUNE_CA_BUNDLE names, each as PEM. What else the file holds is left out.
 * @throws AttuneError `invalid_configuration`
 */
export function readCaBundle(path: string): string[] {
  const certificates = splitCertificates(readText(path));
  if (certificates.length === 0)
    throw invalid(`${path}, which holds no certificate (-----BEGIN CERTIFICATE-----)`);
  certificates.forEach((certificate, index) => check(certificate, `certificate ${index + 1} of ${path}`));
  return certificates;
}

/** The certificates in a text, each as PEM. */
export function splitCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw invalid(`a file that can't be read: ${describeError(error)}`, error);
  }
}

function check(certificate: string, name: string): void {
  try {
    // oxlint-disable-next-line no-new -- it throws where that is none
    new X509Certificate(certificate);
  } catch (error) {
    throw invalid(`a file that is damaged, ${name} can't be read: ${describeError(error)}`, error);
  }
}

function invalid(problem: string, cause?: unknown): AttuneError {
  return new AttuneError('invalid_configuration', `ATTUNE_CA_BUNDLE names ${problem}`, { cause });
}
