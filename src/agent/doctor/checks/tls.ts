import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { tlsError } from '../../../shared/certificates/tls-error.ts';
import { describeError } from '../../../shared/errors.ts';
import { failure, ok, warning, type Check, type Verdict } from '../finding.ts';
import { isNamed, type Peer } from '../peers.ts';

/** The chain of certificates of each server that is spoken with by TLS. */
export function tlsChecks(peers: readonly Peer[]): Check[] {
  return peers
    .filter(({ tls }) => tls !== 'none')
    .map((peer) => ({ name: `tls ${peer.host}:${peer.port}`, examine: () => examineTls(peer) }));
}

async function examineTls(peer: Peer): Promise<Verdict> {
  const plain = connectPlain({ host: peer.host, port: peer.port });
  try {
    await once(plain, 'connect');
    if (peer.name === 'PostgreSQL' && !(await acceptsTls(plain)))
      return failure(
        'PostgreSQL has TLS turned off',
        'set ssl = on in postgresql.conf, or sslmode=disable here',
      );
    const secure = connect({
      socket: plain,
      host: peer.host,
      rejectUnauthorized: peer.tls === 'verified',
      ...(isNamed(peer) ? { servername: peer.host } : {}),
    });
    await once(secure, 'secureConnect');
    return judge(secure, peer);
  } catch (error) {
    return failure((tlsError(error, peer) ?? new Error(describeError(error))).message);
  } finally {
    plain.destroy();
  }
}

/** SSLRequest of PostgreSQL's protocol: its length, and a number that is no version. The answer is S or N. */
const sslRequest = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

async function acceptsTls(socket: Socket): Promise<boolean> {
  socket.write(sslRequest);
  const heard: unknown[] = await once(socket, 'data');
  const [answer] = heard;
  return Buffer.isBuffer(answer) && answer.toString('latin1') === 'S';
}

/** Days before its end from which a certificate is worth a word. */
const soon = 14;

function judge(secure: TLSSocket, { name, tls }: Peer): Verdict {
  const { valid_to: end, issuer } = secure.getPeerCertificate();
  const days = Math.floor((Date.parse(end) - Date.now()) / 86_400_000);
  const authority = String(issuer.CN ?? issuer.O ?? 'unknown');
  if (tls === 'unverified')
    return warning(`${name} is encrypted, but whoever answers is trusted`, 'set sslmode=verify-full');
  const verified = `certificate of ${authority}, trusted, valid for ${days} more days`;
  return days < soon ? warning(verified, 'renew it') : ok(verified);
}
