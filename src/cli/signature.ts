import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { AttuneError, describeError } from '../shared/errors.ts';

/** Where the signature of a file lies. */
export function signatureFile(file: string): string {
  return `${file}.sig`;
}

/**
 * Makes a pair of Ed25519 keys: `<name>.key` (PKCS #8, readable for its owner alone) and `<name>.pub` (SPKI), both PEM.
 * @throws AttuneError `file_not_written`, also where one of them is there already
 */
export async function makeKeys(name: string): Promise<{ privateKey: string; publicKey: string }> {
  const files = { privateKey: `${name}.key`, publicKey: `${name}.pub` };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeNew(files.publicKey, publicKey, 0o644);
  try {
    await writeNew(files.privateKey, privateKey, 0o600);
  } catch (error) {
    await rm(files.publicKey);
    throw error;
  }
  return files;
}

/**
 * Signs a file; a signature that is there already is replaced.
 * @param key path of the private key
 * @returns the path of the signature
 * @throws AttuneError `file_not_read`, `file_not_written`, `invalid_key`
 */
export async function signFile(file: string, key: string): Promise<string> {
  const privateKey = readKey(await read(key), key, createPrivateKey);
  const signature = signatureFile(file);
  const unfinished = `${signature}.${process.pid}`;
  await writeNew(unfinished, sign(null, await read(file), privateKey), 0o644);
  await rename(unfinished, signature);
  return signature;
}

/** Paths: of what was signed, the public key, and the signature. */
export interface Signed {
  readonly file: string;
  readonly key: string;
  readonly signature: string;
}

/** @throws AttuneError `wrong_signature`, `file_not_read`, `invalid_key` */
export async function verifyFile({ file, key, signature }: Signed): Promise<void> {
  const publicKey = readKey(await read(key), key, createPublicKey);
  if (verify(null, await read(file), publicKey, await read(signature))) return;
  throw new AttuneError(
    'wrong_signature',
    `${signature} is no signature of ${file} by the owner of ${key}: do not run the file`,
  );
}

/** The message of OpenSSL is of no use, and might quote what was in the file. */
function readKey(pem: Buffer, path: string, parse: (pem: Buffer) => KeyObject): KeyObject {
  const wrong = new AttuneError('invalid_key', `${path} holds no such Ed25519 key in PEM`);
  try {
    const key = parse(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    throw wrong;
  }
  throw wrong;
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new AttuneError('file_not_read', `Can't read ${path}: ${describeError(error)}`, { cause: error });
  });
}

async function writeNew(path: string, content: string | Buffer, mode: number): Promise<void> {
  await writeFile(path, content, { mode, flag: 'wx' }).catch((error: unknown) => {
    throw new AttuneError('file_not_written', `Can't make ${path}: ${describeError(error)}`, {
      cause: error,
    });
  });
}
