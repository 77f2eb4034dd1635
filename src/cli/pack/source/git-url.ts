import { AttuneError } from '../../../shared/errors.ts';

/** What to fetch from where. */
export interface GitSource {
  /** Without credentials: it may be shown, and stand in the arguments of a process. */
  readonly url: string;
  /** Branch, tag or commit; absent: what the repository says itself. */
  readonly ref: string | undefined;
  /** The value of the header `Authorization`, where the URL brought credentials. */
  readonly authorization: string | undefined;
}

const schemes = /^(?:git\+)?(https?|ssh|git|file):\/\//;
/** As git and scp have it: `git@host:path`. */
const scpLike = /^\w[\w.-]*@[\w.-]+:[^/]/;

/** Whether a text names a git repository by its URL. */
export function isGitUrl(text: string): boolean {
  return schemes.test(text) || scpLike.test(text);
}

/**
 * Takes a git URL apart: `https://user:password@host/path#ref`.
 * @throws AttuneError `invalid_arguments`; it never quotes credentials
 */
export function parseGitUrl(text: string): GitSource {
  const [address = '', ...rest] = text.replace(/^git\+/, '').split('#');
  const ref = rest.length === 0 ? undefined : checkedRef(rest.join('#'));
  if (!schemes.test(address)) return { url: address, ref, authorization: undefined };
  if (!URL.canParse(address))
    throw new AttuneError('invalid_arguments', 'The URL of the git repository is not understood');
  const url = new URL(address);
  const { password, username } = url;
  if (!/^https?:$/.test(url.protocol) || `${username}${password}` === '') {
    if (password !== '')
      throw new AttuneError(
        'invalid_arguments',
        'A password in a git URL is for https alone: use a key of ssh',
      );
    return { url: address, ref, authorization: undefined };
  }
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    ref,
    authorization: basic(decodeURIComponent(username), decodeURIComponent(password)),
  };
}

/** Neither an option nor a pattern; source: git-check-ref-format(1). */
function checkedRef(ref: string): string {
  if (/^[^-+\s~^:?*[\\][^\s~^:?*[\\]*$/.test(ref)) return ref;
  throw new AttuneError('invalid_arguments', `"${ref}", after the # of the URL, is no branch, tag or commit`);
}

/** RFC 7617. */
function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
