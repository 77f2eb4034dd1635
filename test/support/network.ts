/** How this machine gets to registries: proxies, and the authorities that their certificates are signed by. */
const names = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'PIP_CERT',
  'PIP_INDEX_URL',
  'npm_config_registry',
] as const;

/** The variables that installers need to reach their registries from here; everything else of our own environment stays ours. */
export function networkVariables(): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
