import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its private key, both as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** A private certificate authority; needs `openssl` on PATH. */
export interface Authority {
  /** Path of its certificate. */
  readonly file: string;
  /** @param names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1` */
  issue(...names: readonly string[]): Identity;
}

/** Makes an authority whose files are in `folder`, which must be empty. */
export function createAuthority(folder: string): Authority {
  const at = (file: string) => join(folder, file);
  const [file, key] = [at('ca.pem'), at('ca.key')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=authority', '-days', '2', '-keyout', key, '-out', file);
  return {
    file,
    issue(...names) {
      writeFileSync(at('names'), `subjectAltName=${names.join()}\n`);
      openssl('req', ...newKey, '-subj', '/CN=server', '-keyout', at('key'), '-out', at('request'));
      const signing = ['-in', at('request'), '-CA', file, '-CAkey', key, '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', ...signing, '-extfile', at('names'), '-out', at('certificate'));
      return { certificate: readFileSync(at('certificate'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
    },
  };
}

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' });
}
