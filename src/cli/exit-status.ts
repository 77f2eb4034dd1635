/** What the exit status of `attune` says, besides the exit codes of actions under `run --follow`. */
export const exitStatus = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;
