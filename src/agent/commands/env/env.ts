import type { Writable } from 'node:stream';
import { AttuneError } from '../../../shared/errors.ts';
import type { LocalSurroundings } from '../../try/with-engine.ts';
import { buildCommand } from './build.ts';
import { listCommand } from './list.ts';
import { pruneCommand } from './prune.ts';

/** What `env` needs of the process. */
export interface EnvSurroundings extends LocalSurroundings {
  readonly output: Writable;
  readonly errors: Writable;
}

/**
 * `env list|build|prune`: what is known of environments, without a control plane.
 * @returns the exit code
 * @throws AttuneError `invalid_arguments`, `invalid_configuration`, `invalid_pack`, `environments_unwritable`
 */
export function envCommand(argv: readonly string[], surroundings: EnvSurroundings): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'list':
      return listCommand(rest, surroundings);
    case 'build':
      return buildCommand(rest, surroundings);
    case 'prune':
      return pruneCommand(rest, surroundings);
    case undefined:
    default:
      throw new AttuneError(
        'invalid_arguments',
        'env needs a command: attune-agent env list, attune-agent env build PACK, or attune-agent env prune',
      );
  }
}
