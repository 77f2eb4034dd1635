import type { Violation } from '../contract/problem.ts';
import { yamlFilesIn, type PackFile } from './pack-files.ts';
import type { YamlFile } from './yaml-file.ts';

/** What Attune's packs hold beside actions and runtimes, for other parts of Attune. */
const foreignFolders = [
  'sensors',
  'triggers',
  'rules',
  'workflows',
  'queues',
  'dashboards',
  'permission_sets',
] as const;

/** More names than this help nobody. */
const mostNamed = 10;

/** Names what a pack holds that no worker runs; it is kept, and does no harm. */
export function warnForeign(files: readonly PackFile[]): Violation[] {
  return foreignFolders.flatMap((folder) => {
    const names = yamlFilesIn(files, folder).map((name) => name.slice(folder.length + 1));
    if (names.length === 0) return [];
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
    const listed = `${names.slice(0, mostNamed).join(', ')}${more}`;
    return [{ path: folder, message: `is kept, and not run by this worker: ${listed}` }];
  });
}

/** Whether an action's file stands for a workflow: others run it step by step. */
export function isWorkflow({ document }: YamlFile<unknown>): boolean {
  if (typeof document !== 'object' || document === null) return false;
  return 'workflow_file' in document || Reflect.get(document, 'runner_type') === 'workflow';
}

/** Names an action that is a workflow. */
export function warnWorkflow(file: YamlFile<unknown>): Violation {
  const ref: unknown = Reflect.get(Object(file.document), 'ref');
  const named = typeof ref === 'string' ? `"${ref}"` : 'this action';
  return {
    path: file.at('workflow_file'),
    message: `${named} is a workflow: it is kept, and neither registered nor run by this worker`,
  };
}
