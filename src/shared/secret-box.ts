import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { JsonObject } from '../contract/parameter-schema.ts';
import { AttuneError } from './errors.ts';

/** Keeps secrets at rest: AES-256-GCM under a key that is derived from a text. */
export interface SecretBox {
  /** Tells keys apart without telling what they are: eight hexadecimal digits. */
  readonly keyId: string;
  /** @returns `v1.<keyId>.<nonce>.<ciphertext and tag>`, the last two in base64url */
  seal(plain: JsonObject): string;
  /** @throws AttuneError `wrong_encryption_key` for what another key has sealed, `damaged_secret` for what was altered */
  open(sealed: string): JsonObject;
}

const version = 'v1';
const cipher = 'aes-256-gcm';
/** NIST SP 800-38D: 96 bits of nonce, 128 bits of tag. */
const nonceBytes = 12;
const tagBytes = 16;

/** @param key a text of enough entropy (a random one, not a password) */
export function createSecretBox(key: string): SecretBox {
  const secret = derive(key, 'attune secret box: key', 32);
  const keyId = derive(key, 'attune secret box: key id', 4).toString('hex');
  const header = Buffer.from(`${version}.${keyId}`);
  return {
    keyId,
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const encryption = createCipheriv(cipher, secret, nonce).setAAD(header);
      const text = encryption.update(JSON.stringify(plain), 'utf8');
      const data = Buffer.concat([text, encryption.final(), encryption.getAuthTag()]);
      return `${header.toString()}.${nonce.toString('base64url')}.${data.toString('base64url')}`;
    },
    open(sealed) {
      const [nonce, data] = partsOf(sealed, keyId);
      try {
        const decryption = createDecipheriv(cipher, secret, nonce, { authTagLength: tagBytes })
          .setAAD(header)
          .setAuthTag(data.subarray(-tagBytes));
        const text = Buffer.concat([decryption.update(data.subarray(0, -tagBytes)), decryption.final()]);
        return parseObject(text.toString('utf8'));
      } catch (error) {
        throw damaged(error);
      }
    },
  };
}

/** Seals one text; `openText` gives it back. */
export function sealText(box: SecretBox, text: string): string {
  return box.seal({ text });
}

/** @throws AttuneError as `SecretBox.open` does */
export function openText(box: SecretBox, sealed: string): string {
  const { text } = box.open(sealed);
  if (typeof text === 'string') return text;
  throw damaged();
}

function partsOf(sealed: string, keyId: string): [nonce: Buffer, data: Buffer] {
  const [writtenVersion, writtenKeyId, nonce, data, ...more] = sealed.split('.');
  if (writtenVersion !== version || nonce === undefined || data === undefined || more.length > 0)
    throw damaged();
  if (writtenKeyId !== keyId) {
    throw new AttuneError(
      'wrong_encryption_key',
      `The secret was stored under the encryption key with id ${writtenKeyId}, but this process has the one with id ${keyId}: give it the same security.encryption_key as the server had`,
    );
  }
  return [Buffer.from(nonce, 'base64url'), Buffer.from(data, 'base64url')];
}

function parseObject(text: string): JsonObject {
  const plain: unknown = JSON.parse(text);
  if (isJsonObject(plain)) return plain;
  throw new TypeError('not an object');
}

/** Came out of a JSON parser and was sealed by us: looking deeper would only cost time. */
function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(cause?: unknown): AttuneError {
  return new AttuneError('damaged_secret', 'The stored secret was altered or cut off: request it anew', {
    cause,
  });
}

function derive(key: string, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, length));
}
