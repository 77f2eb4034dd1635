import type { DetectedRuntime } from '../../contract/capability.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { DetectOptions } from './detect.ts';
import { detectRuntimes, type Refused } from './runtimes.ts';

export interface Probed {
  readonly runtimes: readonly DetectedRuntime[];
  /** One sentence for each file that looks like an interpreter and is not offered. */
  readonly refused: readonly string[];
}

/**
 * Makes the function that probes for runtimes, all at once: each definition only where the call before did not ask for it in the same way, or got no
 * answer: a busy machine may have been the reason.
 * The answer is in the order of the definitions.
 */
export function createProber(
  options: Pick<DetectOptions, 'environment' | 'ignored' | 'user'>,
): (definitions: readonly RuntimeDefinition[]) => Promise<Probed> {
  let known = new Map<string, Promise<Probed>>();
  return async (definitions) => {
    const fresh = definitions.filter((definition) => !known.has(questionOf(definition)));
    const found = probeAll(fresh, options);
    known = new Map(
      definitions.map((definition) => {
        const question = questionOf(definition);
        return [question, known.get(question) ?? found.then((all) => partOf(all, definition))];
      }),
    );
    const asked = known;
    const parts = await Promise.all(asked.values());
    forgetFailures(asked, parts);
    return {
      runtimes: parts.flatMap(({ runtimes }) => runtimes),
      refused: parts.flatMap(({ refused }) => refused),
    };
  };
}

function forgetFailures(asked: Map<string, Promise<Probed>>, parts: readonly Probed[]): void {
  for (const [index, question] of [...asked.keys()].entries()) {
    const part = parts[index];
    if (part?.runtimes.length === 0 && part.refused.length > 0) asked.delete(question);
  }
}

/** All of a definition that the probe depends on. */
function questionOf({ name, distributions }: RuntimeDefinition): string {
  return JSON.stringify([canonicalRuntime(name), distributions.verification]);
}

interface All {
  readonly runtimes: readonly DetectedRuntime[];
  readonly refused: readonly Refused[];
}

async function probeAll(
  templates: readonly RuntimeDefinition[],
  options: Pick<DetectOptions, 'environment' | 'ignored' | 'user'>,
): Promise<All> {
  if (templates.length === 0) return { runtimes: [], refused: [] };
  const refused: Refused[] = [];
  const runtimes = await detectRuntimes({ ...options, templates, onRefused: (one) => refused.push(one) });
  return { runtimes, refused };
}

function partOf({ runtimes, refused }: All, definition: RuntimeDefinition): Probed {
  const name = canonicalRuntime(definition.name);
  return {
    runtimes: runtimes.filter((runtime) => runtime.name === name),
    refused: refused
      .filter(({ runtime }) => runtime === name)
      .map(({ path, reason }) => `${path} is not offered as ${name}: it ${reason}`),
  };
}
