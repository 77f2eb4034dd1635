import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runtimeDefinition, type RuntimeDefinition } from '../src/contract/runtime.ts';
import { root } from './paths.ts';

const templates = 'src/agent/detect/templates.ts';
const names = 'src/contract/built-in-runtimes.ts';

/** What users see first comes first; templates that nobody put into an order follow. */
const order = ['shell', 'python', 'node', 'ruby', 'go', 'java', 'perl', 'r', 'native', 'javascript', 'wasm'];

/** The runtime files of this repository, parsed and checked. */
export function readRuntimeFiles(): RuntimeDefinition[] {
  const folder = join(root, 'runtimes');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => runtimeDefinition.parse(parse(readFileSync(join(folder, name), 'utf8'))))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function rank({ name }: RuntimeDefinition): number {
  const index = order.indexOf(name);
  return index === -1 ? order.length : index;
}

function embed(): void {
  const definitions = readRuntimeFiles();
  writeSource(
    templates,
    `// oxlint-disable max-lines -- data, which is written by people in a file for each runtime
import type { RuntimeDefinition } from '../../contract/runtime.ts';

/**
 * The runtimes that Attune knows by itself: runtimes/*.yaml, parsed ahead because the agent must start at once.
 * Written by \`node build/embed-runtimes.ts\`; change the YAML instead.
 */
export const runtimeTemplates: readonly RuntimeDefinition[] = ${JSON.stringify(definitions)};
`,
  );
  writeSource(
    names,
    `/**
 * The names of the runtimes that Attune knows by itself, each followed by the other spellings of runtimes/*.yaml.
 * Written by \`node build/embed-runtimes.ts\`; change the YAML instead.
 */
export const builtInRuntimes: readonly (readonly [string, ...string[]])[] = ${JSON.stringify(definitions.map(namesOf))};
`,
  );
}

/** The canonical name first. */
export function namesOf({ name, aliases }: RuntimeDefinition): [string, ...string[]] {
  return [name, ...aliases];
}

function writeSource(path: string, text: string): void {
  writeFileSync(join(root, path), text);
  execFileSync('oxfmt', [path], { cwd: root, stdio: 'inherit' });
}

if (import.meta.main) embed();
