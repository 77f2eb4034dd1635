import { readFileSync } from 'node:fs';
import { splitCertificates } from './read-bundle.ts';

/** Where distributions keep the authorities that they trust. Source: crypto/x509/root_linux.go of Go. */
const places = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities that this container trusts, each as PEM; none where it has no list of them.
 * @param files where to look, first to last
 */
export function systemCertificates(files: readonly string[] = places): string[] {
  for (const file of files) {
    try {
      return splitCertificates(readFileSync(file, 'latin1'));
    } catch {
      // Perhaps the next one.
    }
  }
  return [];
}
