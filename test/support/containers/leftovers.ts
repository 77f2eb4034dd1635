import { docker } from '../docker.ts';

/** Removes all containers, volumes and networks with a label. */
export async function removeLabelled(label: string): Promise<void> {
  const filter = ['--quiet', '--filter', `label=${label}`];
  await remove(['rm', '--force', '--volumes'], await docker(['ps', '--all', ...filter]));
  await remove(['volume', 'rm', '--force'], await docker(['volume', 'ls', ...filter]));
  await remove(['network', 'rm'], await docker(['network', 'ls', ...filter]));
}

async function remove(command: readonly string[], list: string): Promise<void> {
  const names = list.split('\n').filter(Boolean);
  if (names.length > 0) await docker([...command, ...names]);
}
