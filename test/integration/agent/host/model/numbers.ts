/** The first of them; all that anybody will print have as many digits. */
const first = 100_000_000_000_000;
const lineSize = 16;

/** A shell command that prints so many lines of 16 bytes, numbers in their order: each byte tells where it belongs. */
export function printNumbers(lines: number): string {
  return `seq ${first} ${first + lines - 1}`;
}

export function sizeOfNumbers(lines: number): number {
  return lines * lineSize;
}

/** What `printNumbers` prints, from one byte to another. */
export function numbersBetween(from: number, to: number): Buffer {
  const start = Math.floor(from / lineSize);
  const lines: string[] = [];
  for (let line = start; line * lineSize < to; line += 1) lines.push(`${first + line}\n`);
  return Buffer.from(lines.join('')).subarray(from - start * lineSize, to - start * lineSize);
}
