/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs are looked for when PATH says nothing. */
export const usualPath = '/usr/local/bin:/usr/bin:/bin';

/** The container's own environment: everything but the agent's settings, which no other process may see. */
export function containerEnvironment(environment: Environment): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !name.startsWith('ATTUNE_')) own[name] = value;
  }
  return own;
}
