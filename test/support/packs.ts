import { folderWith, type Content } from './folder.ts';

/** A folder with the pack `demo`, whose action `demo.act` is this shell script, for one test. */
export function shellPack(
  script: string,
  fields = '',
  files: Readonly<Record<string, Content>> = {},
): string {
  return folderWith({
    'pack.yaml': 'ref: demo\n',
    'actions/act.yaml': `ref: demo.act\nentry_point: act.sh\n${fields}`,
    'actions/act.sh': script,
    ...files,
  });
}
