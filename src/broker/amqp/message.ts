import { notice as noticeSchema, type Notice } from '../../contract/notice.ts';

/** Ours have about 40 bytes; whatever is much longer is not one of ours, and is not parsed. */
const mostBytes = 1024;

/** The body of a message. */
export function writeNotice({ execution, epoch }: Notice): Buffer {
  return Buffer.from(JSON.stringify({ execution, epoch }));
}

/** The notice in a message's body, or what is wrong with it, for a log line. */
export function readNotice(content: Buffer): { notice: Notice } | { problem: string } {
  if (content.length > mostBytes) return { problem: `has ${content.length} bytes` };
  try {
    const parsed = noticeSchema.safeParse(JSON.parse(content.toString()));
    return parsed.success ? { notice: parsed.data } : { problem: 'names no execution and epoch' };
  } catch {
    return { problem: 'is not JSON' };
  }
}
