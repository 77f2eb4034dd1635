import { AttuneError, describeError } from '../../shared/errors.ts';

/** What the file system said while the agent was copied into a folder, turned into what is wrong and how to mend it. */
export function explainInstallError(folder: string, error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message =
    explanations[code]?.(folder) ?? `The agent can't be copied to ${folder}: ${describeError(error)}`;
  return new AttuneError('install_failed', message, { cause: error });
}

const explanations: Readonly<Record<string, (folder: string) => string>> = {
  EROFS: (folder) =>
    `${folder} can't be written, its file system is read-only: mount the volume writable here, and read-only where the agent only runs`,
  EACCES: notAllowed,
  EPERM: notAllowed,
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EFBIG: noRoom,
  EEXIST: notFolder,
  ENOTDIR: notFolder,
  EISDIR: (folder) => `${folder}/attune-agent is a folder: remove it, the file takes its place`,
};

function notAllowed(folder: string): string {
  const user = `user ${process.getuid?.()}, group ${process.getgid?.()}`;
  return `${folder} can't be written by ${user}: run this command as its owner, or change the folder's owner or mode`;
}

function noRoom(folder: string): string {
  return `${folder} has no room for the agent's 90 MB: enlarge the volume (an emptyDir of Kubernetes by sizeLimit), or remove what fills it`;
}

function notFolder(folder: string): string {
  return `${folder} can't be a folder, for it or a part of its path is a file: name another one`;
}
