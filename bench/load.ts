/** Runs `total` executions, `parallel` at a time. @returns milliseconds that each took, and the whole */
export async function load(
  total: number,
  parallel: number,
  one: (index: number) => Promise<void>,
): Promise<{ each: number[]; whole: number }> {
  const each: number[] = [];
  let next = 0;
  const begin = performance.now();
  const lane = async () => {
    while (next < total) {
      const index = next++;
      const start = performance.now();
      await one(index);
      each.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return { each, whole: performance.now() - begin };
}

/** The value below which `share` of all lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
