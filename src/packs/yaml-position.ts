import { isMap, isNode, isScalar, isSeq, visit, type Document, type LineCounter } from 'yaml';

/** `actions/x.yaml:3:5` for an offset in the text of the file. */
export function placeOf(name: string, offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? name : `${name}:${line}:${col}`;
}

/**
 * Where the deepest node on the way to `field` begins, as an offset: its key rather than its value, which may be lines
 * further down. A field that is absent is found at its parent.
 */
export function offsetOf(document: Document.Parsed, field: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of field) {
    const [start, inner] = enter(node, step);
    offset = start ?? offset;
    node = inner;
  }
  return offset;
}

function enter(node: unknown, step: PropertyKey): readonly [offset: number | undefined, inner: unknown] {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => nameOf(key) === String(step));
    return [startOf(pair?.key), pair?.value];
  }
  const item = isSeq(node) ? node.items[Number(step)] : undefined;
  return [startOf(item), item];
}

/**
 * Finds keys that stand twice in one map. The library's own check compares each key with each: a file of 100,000 keys
 * would hold up the server for minutes.
 */
export function doubleKeys(document: Document.Parsed): { readonly key: string; readonly offset: number }[] {
  const found: { key: string; offset: number }[] = [];
  visit(document, {
    Map(_position, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = nameOf(key);
        if (name === undefined || name === '<<') continue;
        if (seen.has(name)) found.push({ key: name, offset: startOf(key) ?? 0 });
        seen.add(name);
      }
    },
  });
  return found;
}

export function countAliases(document: Document.Parsed): number {
  let count = 0;
  visit(document, {
    Alias() {
      count += 1;
    },
  });
  return count;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
