import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretBox, openText, sealText } from '../../../src/shared/secret-box.ts';

const key = 'a key of at least thirty-two characters';

describe('secret box', () => {
  test('opens what it sealed, whatever it is', () => {
    const box = createSecretBox(key);
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.json(), fc.constant('\u0000 \ud800 \u{1f600}'))),
        (plain) => {
          expect(box.open(box.seal(plain))).toEqual(plain);
        },
      ),
    );
  });

  test('opens the text that it sealed, and nothing else as a text', () => {
    const box = createSecretBox(key);
    expect(openText(box, sealText(box, 'grün'))).toBe('grün');
    expect(() => openText(box, box.seal({ password: 'hunter2' }))).toThrow(
      expect.objectContaining({ code: 'damaged_secret' }),
    );
  });

  test('another box of the same key opens it', () => {
    const sealed = createSecretBox(key).seal({ password: 'hunter2' });
    expect(createSecretBox(key).open(sealed)).toEqual({ password: 'hunter2' });
  });

  test('shows neither the secret nor the key, and never looks the same twice', () => {
    const box = createSecretBox(key);
    const sealed = box.seal({ password: 'hunter2' });
    expect(sealed).not.toContain('hunter2');
    expect(sealed).not.toContain(key);
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(box.seal({ password: 'hunter2' })).not.toBe(sealed);
  });

  test('names both keys when the key is another one', () => {
    const stored = createSecretBox(key);
    const other = createSecretBox(`${key}!`);
    const sealed = stored.seal({ password: 'hunter2' });
    expect(() => other.open(sealed)).toThrow(expect.objectContaining({ code: 'wrong_encryption_key' }));
    expect(() => other.open(sealed)).toThrow(new RegExp(`${stored.keyId}.*${other.keyId}`));
  });

  test('refuses every altered character', () => {
    const box = createSecretBox(key);
    const sealed = box.seal({ password: 'hunter2' });
    const body = sealed.indexOf('.', 3) + 1;
    fc.assert(
      fc.property(
        fc.integer({ min: body, max: sealed.length - 2 }),
        fc.constantFrom('A', 'z', '.'),
        (at, character) => {
          fc.pre(sealed[at] !== character);
          const altered = sealed.slice(0, at) + character + sealed.slice(at + 1);
          expect(() => box.open(altered)).toThrow(expect.objectContaining({ code: 'damaged_secret' }));
        },
      ),
    );
  });

  test.each(['', 'v1', 'v1.', 'v2.a.b.c', 'plain text', 'v1.a.b', 'v1.....'])('refuses %j', (sealed) => {
    expect(() => createSecretBox(key).open(sealed)).toThrow(
      expect.objectContaining({ code: 'damaged_secret' }),
    );
  });

  test('refuses a text that is cut off, wherever', () => {
    const box = createSecretBox(key);
    const sealed = box.seal({ password: 'hunter2' });
    for (let length = box.keyId.length + 4; length < sealed.length; length += 1)
      expect(() => box.open(sealed.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'damaged_secret' }),
      );
  });
});
