import type { BuildClient } from './build/build.ts';
import type { Recipe } from './recipe/recipe.ts';

type Log = (bytes: Uint8Array) => void | Promise<void>;

/** What an execution's log tells of the environment that it waits for. */
export interface Progress extends Pick<BuildClient, 'write' | 'onWait'> {
  /** Closes the part of the log that tells of it. */
  readonly follow: <Value>(provided: Promise<Value>) => Promise<Value>;
}

/** Seconds between two lines of one who waits, again and again longer. */
const firstSeconds = 10;
const longestSeconds = 120;

/** Puts the installer's output under a heading, and says now and then for whom one waits. */
export function createProgress({ name, pack }: Pick<Recipe, 'name' | 'pack'>, log: Log): Progress {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const say = (text: string) => void log(Buffer.from(`attune: ${text}\n`));
  let builds = false;
  let builder = '';
  let interval = firstSeconds;
  let due = 0;

  return {
    write(bytes) {
      if (!builds) say(`building the environment ${name} of the pack ${pack}`);
      builds = true;
      return log(bytes);
    },
    onWait(holder) {
      const now = holder === undefined ? 'another worker' : `${holder.holder}, since ${holder.since}`;
      if (now === builder && seconds() < due) return;
      if (now !== builder) interval = firstSeconds;
      builder = now;
      say(`waiting for the environment ${name} of the pack ${pack}: it is being built by ${now}`);
      due = seconds() + interval;
      interval = Math.min(longestSeconds, interval * 2);
    },
    async follow(provided) {
      const value = await provided;
      if (builds || builder !== '') say(`the environment is ready after ${seconds()} s`);
      return value;
    },
  };
}
