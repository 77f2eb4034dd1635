import { AttuneError, describeError } from '../errors.ts';

/** Who was spoken with, and the setting that names it. */
export interface Peer {
  /** Like `PostgreSQL`. */
  readonly name: string;
  /** Like `database.url`. */
  readonly setting: string;
}

type Explain = (peer: Peer, reason: string) => string;

/** By the codes of Node's tls and of OpenSSL. */
const explanations: Readonly<Record<string, { readonly code: string; readonly explain: Explain }>> = {
  SELF_SIGNED_CERT_IN_CHAIN: { code: 'certificate_untrusted', explain: untrusted },
  DEPTH_ZERO_SELF_SIGNED_CERT: { code: 'certificate_untrusted', explain: untrusted },
  UNABLE_TO_GET_ISSUER_CERT: { code: 'certificate_untrusted', explain: untrusted },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { code: 'certificate_untrusted', explain: untrusted },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { code: 'certificate_untrusted', explain: untrusted },
  CERT_SIGNATURE_FAILURE: { code: 'certificate_untrusted', explain: untrusted },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 'certificate_of_another_host', explain: ofAnotherHost },
  CERT_HAS_EXPIRED: { code: 'certificate_not_valid_now', explain: notValidNow },
  CERT_NOT_YET_VALID: { code: 'certificate_not_valid_now', explain: notValidNow },
  ERR_SSL_WRONG_VERSION_NUMBER: { code: 'no_tls', explain: noTls },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: { code: 'no_tls', explain: noTls },
};

/**
 * What went wrong with the TLS of a connection, with the fix; `undefined` where it was something else. Retryable: certificates are renewed
 * and clocks are set while programs run, and no result may be given up for that.
 */
export function tlsError(error: unknown, peer: Peer): AttuneError | undefined {
  const explanation = explanations[codeOf(error)] ?? explanationOf(error);
  if (explanation === undefined) return undefined;
  return new AttuneError(explanation.code, explanation.explain(peer, describeError(error)), {
    retryable: true,
    cause: error,
  });
}

/** Some of them come with no code of their own. */
function explanationOf(error: unknown) {
  return describeError(error).includes('before secure TLS connection was established')
    ? { code: 'no_tls', explain: noTls }
    : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function untrusted({ name }: Peer, reason: string): string {
  return `The certificate of ${name} comes from nobody whom this container trusts (${reason}): set ATTUNE_CA_BUNDLE to a PEM file with the certificate of its authority`;
}

function ofAnotherHost({ name, setting }: Peer, reason: string): string {
  return `The certificate of ${name} is another host's (${reason}): let ${setting} name one of its hosts, or have one issued for this host`;
}

function notValidNow({ name }: Peer, reason: string): string {
  return `The certificate of ${name} is not valid now (${reason}): renew it, or set the clock, which says ${new Date().toISOString()} here`;
}

function noTls({ name, setting }: Peer, reason: string): string {
  return `${name} does not speak TLS there (${reason}): turn TLS on at the server, or correct port and scheme of ${setting}`;
}
