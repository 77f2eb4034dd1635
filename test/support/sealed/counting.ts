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
export async function startCounting(system: TestSystem): Promise<Counting> {
  const gate = join(folderWith({}), 'gate');
  const { id } = await system.execute('test.count', { gate, token: 'hunter2-of-the-action' });
  const length = async () => (await system.log(id, 'stdout')).length;
  const advances = async () => {
    for (const before = await length(); (await length()) < before + 20;) await delay(20);
  };
  await advances();
  return { id, advances, release: () => writeFileSync(gate, '') };
}

/** What there is of an execution in the end; of the last line of stderr nothing where it is not whole. */
export interface Remains {
  readonly state: string;
  readonly attempts: number;
  readonly epoch: number;
  readonly data: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end. */
export async function remainsOf(system: TestSystem, { id }: Counting): Promise<Remains> {
  const { state, attempts, epoch, result } = await system.reaches(id);
  const [stdout, stderr] = await Promise.all([system.log(id, 'stdout'), system.log(id, 'stderr')]);
  const lines = stderr.slice(0, stderr.lastIndexOf('\n') + 1);
  return { state, attempts, epoch, data: result?.data, stdout, stderr: lines };
}

/** What it should be where the execution has ended by itself, as far as it counted: nothing is missing or twice, the secret is masked. */
export function completed({ stdout }: Remains): Remains {
  const last = linesIn(stdout) - 2;
  return {
    state: 'completed',
    attempts: 1,
    epoch: 1,
    data: [0, ...numbersTo(last)],
    stdout: `${listTo(last)}]\n`,
    stderr: linesTo(last),
  };
}

/** As `completed`, where it was ended. */
export function ended({ stdout, stderr }: Remains, state: string): Remains {
  const [last, lastLine] = [linesIn(stdout) - 1, linesIn(stderr)];
  return { state, attempts: 1, epoch: 1, data: null, stdout: listTo(last), stderr: linesTo(lastLine) };
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function listTo(last: number): string {
  return ['[0\n', ...numbersTo(last).map((number) => `,${number}\n`)].join('');
}

function linesTo(last: number): string {
  return numbersTo(last)
    .map((number) => `line ${number} ***\n`)
    .join('');
}
