/**
 * Frees the memory of bytes that nobody needs any more. Left to itself, V8 collects buffers so late that a loud process would cost
 * the agent 64 MB of them. Bytes that are only a part of their memory stay.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
