import { execFileSync } from 'node:child_process';

/** Where this machine has its Debian packages from. @throws where it has none: then images come from a registry alone */
export function debianMirror(): string {
  const targets = execFileSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian', 'Label: Debian'],
    { encoding: 'utf8' },
  );
  const [mirror = ''] = targets.split('\n');
  if (mirror === '') throw new Error('apt knows no mirror of Debian');
  return mirror;
}
