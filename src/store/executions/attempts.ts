/** Columns of a batch, as `unnest` takes them. */

/** The executions that the items name. */
export function executionsOf(items: readonly { readonly execution: number }[]): number[] {
  return items.map(({ execution }) => execution);
}

/** The epochs that the items name. */
export function epochsOf(items: readonly { readonly epoch: number }[]): number[] {
  return items.map(({ epoch }) => epoch);
}
