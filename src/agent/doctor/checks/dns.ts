import { lookup } from 'node:dns/promises';
import { describeError } from '../../../shared/errors.ts';
import { failure, ok, type Check, type Verdict } from '../finding.ts';
import { isNamed, type Peer } from '../peers.ts';

/** One look-up for each host name. */
export function dnsChecks(peers: readonly Peer[]): Check[] {
  const hosts = new Set(peers.filter(isNamed).map(({ host }) => host));
  return [...hosts].map((host) => ({ name: `dns ${host}`, examine: () => examineHost(host) }));
}

async function examineHost(host: string): Promise<Verdict> {
  try {
    const found = await lookup(host, { all: true });
    return ok(found.map(({ address }) => address).join(', '));
  } catch (error) {
    return failure(
      `${host} is not found: ${describeError(error)}`,
      'correct the name, join the network that knows it, or see the name servers in /etc/resolv.conf',
    );
  }
}
