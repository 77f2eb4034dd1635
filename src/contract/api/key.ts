import * as z from 'zod';
import { keyName, keyValue } from '../key.ts';

/** A key as the API shows it: its value is never given back. */
export const keyView = z.object({
  name: keyName,
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
});
export type KeyView = z.infer<typeof keyView>;

export const setKeyRequest = z.strictObject({
  value: keyValue.describe('The secret; it is stored encrypted'),
});
