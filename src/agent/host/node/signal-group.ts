/**
 * Sends a signal to every process of a group; 0 only asks.
 * @returns whether the group has a member (a zombie nobody waits for counts)
 */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // Members exist, yet all belong to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
