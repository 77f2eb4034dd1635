import tls from 'node:tls';
import { AttuneError } from '../errors.ts';
import { readCaBundle } from './read-bundle.ts';
import { systemCertificates } from './system-bundle.ts';

/**
 * Makes every TLS connection of this process trust the authorities of a file too, besides those of Node and of the system. Without a file
 * everything stays as it is.
 * @param path of a PEM file
 * @throws AttuneError `invalid_configuration`
 */
export function trustCaBundle(path: string | undefined): void {
  if (path === undefined) return;
  const certificates = readCaBundle(path);
  // Not in every Node 20 that the command line still runs on.
  if (!('setDefaultCACertificates' in tls)) throw tooOld(path);
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    ...systemCertificates(),
    ...certificates,
  ]);
}

function tooOld(path: string): AttuneError {
  return new AttuneError(
    'invalid_configuration',
    `ATTUNE_CA_BUNDLE needs Node 22.19 or newer, this is ${process.versions.node}: set NODE_EXTRA_CA_CERTS=${path} instead`,
  );
}
