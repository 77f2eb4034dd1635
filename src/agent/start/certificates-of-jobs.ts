import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readCaBundle } from '../../shared/certificates/read-bundle.ts';
import { systemCertificates } from '../../shared/certificates/system-bundle.ts';
import { describeError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Environment } from '../detect/environment.ts';

/** A tool that obeys one of these trusts nobody but the authorities of that file: it must hold all of them. */
const replacing = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
];
/** The authorities of this one come to those of Node. */
const adding = 'NODE_EXTRA_CA_CERTS';

export interface TrustOfJobs {
  /** The file that ATTUNE_CA_BUNDLE names. */
  readonly caBundle: string | undefined;
  /** Where the file with all authorities is put. */
  readonly temporaryDirectory: string;
}

/**
 * Makes the tools of executions trust the authorities of ATTUNE_CA_BUNDLE too, by the variables that they know. What the container sets
 * itself stays. Agents with the same authorities share one file, which stays when they are gone, as their executions may.
 * @param environment of executions
 * @throws AttuneError `invalid_configuration`
 */
export function withCertificates(environment: Environment, trust: TrustOfJobs, logger: Logger): Environment {
  const { caBundle, temporaryDirectory } = trust;
  if (caBundle === undefined) return environment;
  const own = readCaBundle(caBundle);
  const known = systemCertificates();
  const everything = [...(known.length === 0 ? rootCertificates : known), ...own].join('\n');
  const added: Record<string, string> = { [adding]: resolve(caBundle) };
  try {
    const file = keep(temporaryDirectory, `${everything}\n`);
    for (const name of replacing) added[name] = file;
  } catch (error) {
    const reason = `${describeError(error)}: make ATTUNE_WORKER_TMP_DIR writable`;
    logger.warn({ reason, variables: replacing }, 'the tools of executions do not hear of ATTUNE_CA_BUNDLE');
  }
  const given = Object.entries(environment).filter(([, value]) => value !== undefined);
  return { ...added, ...Object.fromEntries(given) };
}

/** Writes a file that is named after its content, whole or not at all, unless it is there. @returns its path */
function keep(folder: string, text: string): string {
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = resolve(join(folder, `attune-ca-${name}.pem`));
  if (isOurs(path, text)) return path;
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    // Whatever the umask says: executions may be of another user.
    chmodSync(beside, 0o644);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return path;
}

/** Everybody may write into a temporary folder: only a file of this user that holds the same is taken for it. */
function isOurs(path: string, text: string): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return (
    facts?.isFile() === true && facts.uid === process.getuid?.() && readFileSync(path, 'latin1') === text
  );
}
