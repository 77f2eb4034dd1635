import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNotice, writeNotice } from '../../../../src/broker/amqp/message.ts';

test('a written notice is read as it was', () => {
  const notices = fc.record({
    execution: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    epoch: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  });
  fc.assert(
    fc.property(notices, (notice) => {
      expect(readNotice(writeNotice(notice))).toEqual({ notice });
    }),
  );
});

test('any bytes are either a notice or a problem', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(readNotice(Buffer.from(bytes))).toHaveProperty('problem');
    }),
  );
});

test('any JSON without a positive execution and epoch is a problem', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(readNotice(Buffer.from(JSON.stringify(value)))).toHaveProperty('problem');
    }),
  );
});

test('a field more does not matter: a newer server may send it', () => {
  const message = Buffer.from('{"execution": 7, "epoch": 2, "priority": 1}');
  expect(readNotice(message)).toEqual({ notice: { execution: 7, epoch: 2 } });
});

test('a long message is not parsed', () => {
  const message = Buffer.from(`{"execution": 7, "epoch": 2, "padding": "${'x'.repeat(1024)}"}`);
  expect(readNotice(message)).toEqual({ problem: `has ${message.length} bytes` });
});
