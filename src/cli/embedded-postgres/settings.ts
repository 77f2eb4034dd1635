import * as z from 'zod';
import { setting } from '../../shared/config/setting.ts';

/** What a server needs that brings its own PostgreSQL. */
export const embeddedSettings = {
  dataDirectory: setting({
    key: 'data_dir',
    variable: 'ATTUNE_DATA_DIR',
    schema: z.string().min(1).optional(),
    description:
      'Folder for the embedded PostgreSQL, where no database.url is given. Default: /var/lib/attune for root, else $XDG_DATA_HOME/attune or ~/.local/share/attune',
  }),
};

export interface Home {
  readonly root: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** The folder that is meant when none is named. Root's own home is closed to the account that PostgreSQL then runs as. */
export function defaultDataDirectory({ root, environment, folder }: Home): string {
  if (root) return '/var/lib/attune';
  return `${environment['XDG_DATA_HOME'] || `${folder}/.local/share`}/attune`;
}
