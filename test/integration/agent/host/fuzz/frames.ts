import * as fc from 'fast-check';
import { encodeFrame } from '../../../../../src/agent/host/supervised/frames.ts';
import { encodeHello, MessageType } from '../../../../../src/agent/host/supervised/messages.ts';
import { noHurry } from '../supervised.ts';
import { creditFrame, endFrame, startFrame, type StartCounts, type StartFields } from '../wire.ts';

/** Few slots, so that frames meet jobs; and those at and beyond the edge. */
const slot = fc.oneof({ weight: 8, arbitrary: fc.nat(3) }, fc.constantFrom(1023, 1024, 65_535));
const small = fc.nat(5);
const edges32 = fc.constantFrom(0, 1, 0x7f_ff_ff_ff, 0x80_00_00_00, 0xff_ff_ff_ff);
const any32 = fc.oneof(small, edges32, fc.nat(0xff_ff_ff_ff));
const any64 = fc.oneof(
  fc.constantFrom(0n, 1n, 1000n, 2n ** 31n, 2n ** 32n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt(0n, 2n ** 64n - 1n),
);
const bytes = fc.uint8Array({ maxLength: 300 });

const programs = [['/bin/true'], ['/bin/sleep', '60'], ['/bin/cat', '/dev/zero'], ['/bin/cat'], ['/no'], []];
const limited = fc.record({ resource: fc.oneof(fc.nat(17), any32), soft: any64, hard: any64 });

function startFields(token: string): fc.Arbitrary<Partial<StartFields>> {
  return fc.record(
    {
      argv: fc.constantFrom(...programs),
      variables: fc.array(fc.constant(`TRIAL=${token}`), { minLength: 1, maxLength: 3 }),
      directory: fc.constantFrom('/', '', '/no/such', '/etc/passwd'),
      deadline: fc.oneof(fc.nat(50), fc.constantFrom(2 ** 53 - 1)),
      grace: fc.oneof(fc.nat(50), fc.constantFrom(2 ** 53 - 1)),
      credit: any64,
      head: any64,
      tail: any64,
      umask: any32,
      flags: any32,
      user: fc.constantFrom(0, 61_236, 0xff_ff_ff_ff),
      group: fc.constantFrom(0, 61_236, 0xff_ff_ff_ff),
      nice: any32,
      oomScore: any32,
      limits: fc.array(limited, { maxLength: 2 }),
      groups: fc.array(any32, { maxLength: 3 }),
      stdin: bytes,
      record: bytes,
    },
    { requiredKeys: ['variables'] },
  );
}

const lies: fc.Arbitrary<Partial<StartCounts>> = fc.record(
  { limits: any32, groups: any32, arguments: any32, variables: any32, stdin: any32, record: any32 },
  { requiredKeys: [] },
);

/** A START that is right, or says of its parts what is not so, or is too short. */
function start(token: string): fc.Arbitrary<Buffer> {
  const honest = fc.tuple(slot, startFields(token)).map(([at, fields]) => startFrame(at, fields));
  const lying = fc
    .tuple(slot, startFields(token), lies)
    .map(([at, fields, lie]) => startFrame(at, fields, lie));
  const short = fc.tuple(honest, fc.double({ min: 0, max: 1, noNaN: true })).map(([frame, part]) => {
    const payload = frame.subarray(8, 8 + Math.floor(part * (frame.length - 8)));
    return encodeFrame(MessageType.start, frame.readUInt16LE(6), payload);
  });
  return fc.oneof({ weight: 3, arbitrary: honest }, { weight: 3, arbitrary: lying }, short);
}

const types = [MessageType.kill, MessageType.release, MessageType.ping];
const sensible = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(1), any32).map((fields) => creditFrame(...fields)),
  fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 4 })).map((fields) => endFrame(...fields)),
  fc.tuple(fc.constantFrom(...types), fc.nat(3), bytes).map((fields) => encodeFrame(...fields)),
  fc.nat(4096).map((size) => encodeFrame(MessageType.note, 0, Buffer.alloc(size))),
);
/** It ends the conversation, or should. */
const senseless = fc.oneof(
  fc.tuple(slot, any32, any32).map((fields) => creditFrame(...fields)),
  fc.tuple(slot, any32).map((fields) => endFrame(...fields)),
  fc.tuple(fc.nat(0xffff), slot, bytes).map((fields) => encodeFrame(...fields)),
  fc.constant(encodeHello(noHurry)),
  fc.constant(encodeFrame(MessageType.note, 0, Buffer.alloc(4097))),
  fc.constant(encodeFrame(MessageType.goodbye, 0)),
  bytes.map((payload) => Buffer.from(payload)),
);

/** What an agent says that greets, as a rule, and then talks sense for some time. Its jobs bear the token. */
export function conversation(token: string): fc.Arbitrary<Buffer> {
  const hello = fc.oneof({ weight: 20, arbitrary: fc.constant([encodeHello(noHurry)]) }, fc.constant([]));
  const middle = fc.array(fc.oneof({ weight: 2, arbitrary: start(token) }, sensible), {
    maxLength: 30,
    size: 'max',
  });
  const end = fc.array(fc.oneof(senseless, start(token), sensible), { maxLength: 5, size: 'max' });
  return fc.tuple(hello, middle, end).map((parts) => Buffer.concat(parts.flat()));
}
