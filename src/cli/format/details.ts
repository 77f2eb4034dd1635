/** Names and values, one pair a line; values that are null are left out, and further lines of a value stand below its first. */
export function details(pairs: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(pairs).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  const width = Math.max(...given.map(([name]) => name.length)) + 2;
  return given
    .map(
      ([name, value]) => `${`${name}:`.padEnd(width)}${value.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`,
    )
    .join('');
}
