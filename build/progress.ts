/** Tells what the build does and how long it took. */
export interface Progress {
  phase<T>(name: string, work: () => Promise<T> | T): Promise<T>;
}

export const silent: Progress = { phase: async (_name, work) => work() };

/** One line a phase, written when it ends. */
export function progressLines(write: (line: string) => void): Progress {
  return {
    async phase(name, work) {
      const start = performance.now();
      const result = await work();
      write(`${name.padEnd(20)}${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`);
      return result;
    },
  };
}
