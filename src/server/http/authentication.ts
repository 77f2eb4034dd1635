import { hash, timingSafeEqual } from 'node:crypto';
import type { App } from './app-type.ts';
import { AttuneError } from '../../shared/errors.ts';

/**
 * Requires `Authorization: Bearer <token>` on every route that is added to `app` after it. Digests are compared, in
 * constant time, so neither the length nor the first letters of the token can be measured.
 */
export function requireToken(app: App, token: string): void {
  const expected = hash('sha256', token, 'buffer');
  app.addHook('onRequest', async (request) => {
    const [scheme, given] = (request.headers.authorization ?? '').split(' ', 2);
    const matches = timingSafeEqual(expected, hash('sha256', given ?? '', 'buffer'));
    if (scheme?.toLowerCase() === 'bearer' && matches) return;
    throw new AttuneError(
      'unauthorized',
      'Send the API token as "Authorization: Bearer <token>" (the server has it as ATTUNE__SECURITY__API_TOKEN)',
    );
  });
}
