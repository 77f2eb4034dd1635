import { join } from 'node:path';
import { namesIn, readText } from './files.ts';

/**
 * The NVIDIA GPUs that this container may use, by their model (`NVIDIA A100-SXM4-40GB`) or as `nvidia` where the driver
 * tells none.
 * @param root folder under which `dev` and `proc` are
 */
export function detectGpus(root: string): string[] {
  const minors = namesIn(join(root, 'dev')).flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? []);
  if (minors.length === 0) return [];
  const models = readModels(join(root, 'proc/driver/nvidia/gpus'));
  return minors.toSorted((a, b) => Number(a) - Number(b)).map((minor) => models.get(minor) ?? 'nvidia');
}

/** Model by device minor number. */
function readModels(folder: string): Map<string, string> {
  return new Map(
    namesIn(folder).flatMap((bus) => {
      const text = readText(join(folder, bus, 'information')) ?? '';
      const minor = /^Device Minor:\s*(\d+)/m.exec(text)?.[1];
      const model = /^Model:\s*(.*\S)/m.exec(text)?.[1];
      return minor === undefined || model === undefined ? [] : [[minor, model] as const];
    }),
  );
}
