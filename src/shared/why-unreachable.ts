/** What a person should look at, by the code that the system gave. */
const causes: readonly (readonly [RegExp, string])[] = [
  [
    /\bENOTFOUND\b/,
    'no name server of this container knows the host: correct the name in %, or join the network that has it',
  ],
  [/\bEAI_AGAIN\b/, 'the name servers of this container do not answer: see its network and /etc/resolv.conf'],
  [/\bECONNREFUSED\b/, 'nothing listens there: start it, or correct host and port of %'],
  [
    /\b(ETIMEDOUT|CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)\b/,
    'no answer comes back: look for a firewall or network policy between, or correct host and port of %',
  ],
];

/**
 * Why a server can't be reached, and the fix, in words.
 * @param reason what the system said, with its code
 * @param setting that names the server, like `database.url`
 */
export function whyUnreachable(reason: string, setting: string): string {
  const known = causes.find(([code]) => code.test(reason))?.[1];
  return (known ?? 'check that it runs and that % names it').replace('%', setting);
}
