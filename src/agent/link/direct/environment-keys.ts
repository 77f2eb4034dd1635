import { AttuneError } from '../../../shared/errors.ts';
import { createSecretBox, openText } from '../../../shared/secret-box.ts';
import type { AskedKey } from '../../../store/executions/environment-keys.ts';

/**
 * Opens the keys that a pack asks for.
 * @returns their values by variable
 * @throws AttuneError `unknown_key`, `encryption_key_missing`, `wrong_encryption_key`, `damaged_secret`
 */
export function openKeys(
  asked: readonly AskedKey[],
  encryptionKey: string | undefined,
): Record<string, string> {
  if (asked.length === 0) return {};
  if (encryptionKey === undefined) throw encryptionKeyMissing();
  const box = createSecretBox(encryptionKey);
  return Object.fromEntries(
    asked.map(({ variable, name, sealed }) => {
      if (sealed === null) throw unknownKey(variable, name);
      return [variable, openText(box, sealed)];
    }),
  );
}

function unknownKey(variable: string, name: string): AttuneError {
  return new AttuneError(
    'unknown_key',
    `The pack wants the key "${name}" as ${variable} (environment_keys in pack.yaml), and no such key is stored: attune key set ${name}`,
  );
}

function encryptionKeyMissing(): AttuneError {
  return new AttuneError(
    'encryption_key_missing',
    'The pack wants stored keys, and this worker has no key to open them: set ATTUNE__SECURITY__ENCRYPTION_KEY',
  );
}
