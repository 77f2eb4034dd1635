import { readFileSync } from 'node:fs';

// The build replaces this name by the text of the script; it does not exist when the sources run as they are.
declare const ATTUNE_BOOTSTRAP_SCRIPT: string | undefined;

/** docker/attune-agent-wrapper.sh: makes a container a worker with what it finds there. It holds no secret. */
export function bootstrapScript(): string {
  if (typeof ATTUNE_BOOTSTRAP_SCRIPT === 'string') return ATTUNE_BOOTSTRAP_SCRIPT;
  return readFileSync(new URL('../../../docker/attune-agent-wrapper.sh', import.meta.url), 'utf8');
}
