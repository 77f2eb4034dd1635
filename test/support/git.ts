import { execFileSync } from 'node:child_process';
import { folderWith, type Content } from './folder.ts';

/** A git repository for one test. */
export interface Repository {
  readonly folder: string;
  readonly url: string;
  /** Runs git in it. @returns its output */
  readonly git: (...words: string[]) => string;
}

/** Makes a repository with one commit of these files, on the branch `main`. */
export function repositoryWith(files: Readonly<Record<string, Content>>): Repository {
  const folder = folderWith(files);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@localhost', ...words], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  return { folder, url: `file://${folder}`, git };
}
