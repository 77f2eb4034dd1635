import { initial } from './0001-initial.ts';
import { succession } from './0002-succession.ts';
import { keys } from './0003-keys.ts';
import { executionRuntime } from './0004-execution-runtime.ts';
import { attempts } from './0005-attempts.ts';
import { packRevisions } from './0006-pack-revisions.ts';

/** One step of the schema, as SQL. A step that was released never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Every step, in order. Texts in modules, because inside the single executable there is no folder to read them from. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'initial', sql: initial },
  { number: 2, name: 'succession', sql: succession },
  { number: 3, name: 'keys', sql: keys },
  { number: 4, name: 'execution-runtime', sql: executionRuntime },
  { number: 5, name: 'attempts', sql: attempts },
  { number: 6, name: 'pack-revisions', sql: packRevisions },
];
