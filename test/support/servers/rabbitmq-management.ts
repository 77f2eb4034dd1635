/**
 * One call of RabbitMQ's HTTP API.
 * @param url address with credentials, as `freshBroker` gives it
 * @param path below `/api`, like `/vhosts/name`
 * @returns the answer's JSON, `null` where it has no body
 */
export async function management(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const { origin, username, password } = new URL(url);
  const response = await fetch(`${origin}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`RabbitMQ answered ${response.status} to ${method} ${path}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
