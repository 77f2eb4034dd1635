import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * The folder for the results of one control plane: two may share a machine, and give the same numbers to different executions.
 * @param controlPlane URL of its database; who logs in does not matter
 */
export function spoolDirectory(parent: string, controlPlane: string): string {
  const { host, pathname } = new URL(controlPlane);
  return join(parent, createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12));
}
