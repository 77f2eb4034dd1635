import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { AttuneError, describeError } from '../../../shared/errors.ts';
import type { GitSource } from './git-url.ts';

export interface GitCircumstances {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/**
 * Gets the files of one commit by the git of this machine, with nothing of its history where the server allows that. It asks nobody for
 * anything.
 * @param folder exists, and is empty
 * @throws AttuneError `git_missing`, `git_failed`; AbortError
 */
export async function fetchRepository(
  source: GitSource,
  folder: string,
  circumstances: GitCircumstances,
): Promise<void> {
  const git = (...words: string[]) => runGit(['-C', folder, ...words], source, circumstances);
  await git('init', '--quiet');
  try {
    await git('fetch', '--quiet', '--depth=1', '--no-tags', source.url, source.ref ?? 'HEAD');
    await git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  } catch (error) {
    if (source.ref === undefined || !isCommit(source.ref) || circumstances.signal.aborted) throw error;
    // Many servers hand out commits only to those who fetch what leads to them; and an abbreviation is known here alone.
    await git(
      'fetch',
      '--quiet',
      source.url,
      '+refs/heads/*:refs/remotes/origin/*',
      '+refs/tags/*:refs/tags/*',
    );
    await git('checkout', '--quiet', '--detach', source.ref);
  }
}

function isCommit(ref: string): boolean {
  return /^[0-9a-f]{4,64}$/i.test(ref);
}

async function runGit(
  words: readonly string[],
  source: GitSource,
  circumstances: GitCircumstances,
): Promise<void> {
  const { signal } = circumstances;
  const environment = environmentOfGit(source, circumstances.environment);
  const child = spawn('git', words, { env: environment, signal, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [said, code] = await Promise.all([text(child.stderr), ended]).catch((error: unknown) => {
    throw signal.aborted
      ? error
      : new AttuneError('git_missing', `git can't be started: ${describeError(error)}`, { cause: error });
  });
  if (code === 0) return;
  throw new AttuneError(
    'git_failed',
    `git could not fetch ${nameOf(source)}: ${said.trim() || `exit code ${code}`}`,
  );
}

function nameOf({ ref, url }: GitSource): string {
  return ref === undefined ? url : `${ref} of ${url}`;
}

/** These tie git to another repository, as in a hook. */
const ofAnother = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
]);

/** Nobody is asked for a password, and credentials stand in no argument. Source: git(1), git-config(1). */
function environmentOfGit({ authorization, url }: GitSource, environment: GitCircumstances['environment']) {
  const others = Object.entries(environment).filter(([name]) => !ofAnother.has(name));
  return {
    ...Object.fromEntries(others),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND: `${environment['GIT_SSH_COMMAND'] ?? 'ssh'} -o BatchMode=yes`,
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file',
    ...(authorization === undefined
      ? {}
      : headerFor(url, authorization, Number(environment['GIT_CONFIG_COUNT'] ?? 0))),
  };
}

function headerFor(url: string, authorization: string, index: number): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: String(index + 1),
    [`GIT_CONFIG_KEY_${index}`]: `http.${new URL(url).origin}/.extraHeader`,
    [`GIT_CONFIG_VALUE_${index}`]: `Authorization: ${authorization}`,
  };
}
