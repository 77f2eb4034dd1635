import { hash, timingSafeEqual } from 'node:crypto';
import type { App } from './app-type.ts';
import { AttuneError } from '../../shared/errors.ts';

/** Requires `Authorization: Bearer <token>` on every route that is added to `app` after it. */
export function requireToken(app: App, token: string): void {
  const matches = tokenMatcher(token);
  app.addHook('onRequest', async (request) => {
    const [scheme, given] = (request.headers.authorization ?? '').split(' ', 2);
    if (matches(given) && scheme?.toLowerCase() === 'bearer') return;
    throw new AttuneError(
      'unauthorized',
      'Send the API token as "Authorization: Bearer <token>" (the server has it as ATTUNE__SECURITY__API_TOKEN)',
    );
  });
}

/**
 * Tells whether a given token is this one. Digests are compared, in constant time, so neither the length nor the first
 * letters of the token can be measured.
 */
export function tokenMatcher(token: string): (given: string | undefined) => boolean {
  const expected = hash('sha256', token, 'buffer');
  return (given) => timingSafeEqual(expected, hash('sha256', given ?? '', 'buffer'));
}
