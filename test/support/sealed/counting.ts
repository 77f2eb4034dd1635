import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { folderWith } from '../folder.ts';
import type { TestSystem } from '../system.ts';

/**
 * Until its gate is there, writes numbers, not quite 50 a second: to stdout as a list, to stderr as lines with a secret in two pieces.
 */
const script = `. "\${ATTUNE_PARAMETER_FILE:-/dev/stdin}"
number=0
half="\${token%????}"
echo '[0'
until [ -e "$gate" ]; do
  number=$((number + 1))
  echo ",$number"
  printf 'line %d %s' $number "$half" >&2
  sleep 0.02
  echo "\${token#"$half"}" >&2
done
[ -e "\${ATTUNE_PARAMETER_FILE:-/}" ] && echo ']'
`;

const definition = `ref: test.count
entry_point: count.sh
output_format: json
parameter_format: dotenv
parameters: {gate: {type: string}, token: {type: string, secret: true}}
`;

/** Registers `test.count`; `extra` lines belong to the definition of the action. */
export function registerCounting(system: TestSystem, extra = ''): Promise<void> {
  return system.register({ 'count.yaml': definition + extra, 'count.sh': script });
}

export interface Counting {
  readonly id: number;
  /** Resolves when it has counted a few numbers more. */
  advances(): Promise<void>;
  /** It ends by itself now. */
  release(): void;
}

/** Starts `test.count`, and waits until it counts. */
export async function startCounting(system: TestSystem, token: string): Promise<Counting> {
  const gate = join(folderWith({}), 'gate');
  const { id } = await system.execute('test.count', { gate, token });
  const length = async () => (await system.log(id, 'stdout')).length;
  const advances = async () => {
    for (const before = await length(); (await length()) < before + 20;) await delay(20);
  };
  await advances();
  return { id, advances, release: () => writeFileSync(gate, '') };
}

/** What both streams of `test.count` hold after so many numbers; of the last line perhaps only the beginning. */
export function countedTo(last: number, token: string) {
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  return {
    stdout: ['[0\n', ...numbers.map((number) => `,${number}\n`)].join(''),
    stderr: numbers.map((number) => `line ${number} ${token}\n`).join(''),
  };
}
