import { builtInRuntimes } from './built-in-runtimes.ts';

const canonicalByAlias = new Map(
  builtInRuntimes.flatMap((group) => group.map((alias) => [alias, group[0]] as const)),
);

/**
 * The one name under which a runtime is known everywhere: `Node.js` → `node`, `Python3` → `python`.
 * A ref such as `core.ruby` means the name after its pack. An unknown name stays as it is, in lower case: `lua5.4`.
 */
export function canonicalRuntime(name: string): string {
  const lower = name.trim().toLowerCase();
  const plain = packPrefix.exec(lower)?.[1] ?? lower;
  return canonicalByAlias.get(lower) ?? canonicalByAlias.get(plain) ?? plain;
}

/** A pack's ref before a name that starts with a letter: not the `lua5.` of `lua5.4`. */
const packPrefix = /^[a-z][a-z0-9_-]*\.([a-z].*)$/;

/** Every known spelling of a runtime, the canonical one first. */
export function aliasesOf(name: string): string[] {
  const canonical = canonicalRuntime(name);
  return [...(builtInRuntimes.find((group) => group[0] === canonical) ?? [canonical])];
}

/** Whether Attune itself brings a definition of the runtime, whatever the spelling. */
export function isBuiltInRuntime(name: string): boolean {
  return builtInRuntimes.some(([canonical]) => canonical === canonicalRuntime(name));
}
