import { isIPv4 } from 'node:net';
import type { App } from './app-type.ts';
import { AttuneError } from '../../shared/errors.ts';

const loopbackNames = new Set(['localhost', '::1', '[::1]']);

/** Whether an address or name to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Keeps web pages away from a server that asks for no token: a page of any site may make a browser on this machine send
 * requests to it, under the page's `Origin`, or, by a DNS name that leads to 127.0.0.1, under its `Host`.
 */
export function refuseWebPages(app: App): void {
  app.addHook('onRequest', async ({ host, headers }) => {
    const { origin } = headers;
    const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
    if (sameOrigin && isLoopback(host.replace(/:\d+$/, ''))) return;
    throw new AttuneError(
      'foreign_origin',
      'Without an API token this server answers only requests to a loopback address that no other web page makes: ' +
        'set ATTUNE__SECURITY__API_TOKEN to open it',
    );
  });
}
