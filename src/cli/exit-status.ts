/** What the exit status of `attune` says, besides the exit codes of actions under `run --follow`. */
export const exitStatus = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** As a shell reports a program that SIGINT ended. */
  interrupted: 130,
} as const;
