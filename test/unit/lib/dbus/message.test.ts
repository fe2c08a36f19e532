import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DbusError } from '../../../../src/lib/dbus/frames.ts';
import { decodeMessage, encodeMessage, MESSAGE_TYPE } from '../../../../src/lib/dbus/message.ts';
import { recordedFrames } from '../../probes/bus-recording.ts';

/** A message whose body is these bytes under this signature, which no honest writer would make. */
const forged = (signature: string, body: Buffer): Buffer => {
  const honest = encodeMessage({
    type: 4,
    serial: 1,
    path: '/x',
    interface: 'a.b',
    member: 'C',
    signature: 's',
    body: [''],
  });
  // The header's last field is the signature: one character is replaced by a text of any length.
  const at = honest.lastIndexOf(Buffer.from('\u0001g\u0000\u0001s\u0000', 'latin1'));
  const fields = Buffer.concat([
    honest.subarray(16, at + 3),
    Buffer.from([signature.length]),
    Buffer.from(`${signature}\0`, 'latin1'),
  ]);
  const header = Buffer.from(honest.subarray(0, 16));
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(fields.length, 12);
  const padding = Buffer.alloc((8 - ((16 + fields.length) % 8)) % 8);
  return Buffer.concat([header, fields, padding, body]);
};

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
};

/** Reads all there is; true when that went well, false when it was refused. Any other error is a fault. */
const reads = (bytes: Buffer): boolean => {
  try {
    decodeMessage(bytes).body();
    return true;
  } catch (error) {
    if (!(error instanceof DbusError)) throw error;
    return false;
  }
};

describe('messages', () => {
  it('come back as they were written', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
    const word = fc.stringMatching(/^[A-Za-z]{1,20}$/);
    fc.assert(
      fc.property(
        fc.record({ serial: fc.integer({ min: 1, max: 2 ** 32 - 1 }), member: word, sender: word }),
        fc.tuple(text, fc.nat(), fc.boolean(), fc.maxSafeNat(), fc.array(text), fc.uint8Array()),
        ({ serial, member, sender }, [s, u, b, t, list, bytes]) => {
          const message = decodeMessage(
            encodeMessage({
              ...{ type: MESSAGE_TYPE.reply, serial, member, sender, replySerial: 3 },
              signature: 'sa{sv}utbasay',
              body: [s, [['Key', ['(uo)', [u, '/a']]]], u, t, b, list, Buffer.from(bytes)],
            }),
          );
          expect(message).toMatchObject({ type: MESSAGE_TYPE.reply, serial, member, sender, replySerial: 3 });
          const [first, dict, ...rest] = message.body();
          expect(first).toBe(s);
          expect(dict).toEqual([['Key', [expect.anything(), [[u, '/a']]]]]);
          expect(rest).toEqual([u, t, b, list, Buffer.from(bytes)]);
          // Twice the same.
          expect(message.body()[0]).toBe(s);
        },
      ),
    );
  });

  it('of either order of bytes are read', () => {
    const little = forged('u', uint32(1));
    const big = Buffer.from(little);
    big[0] = 0x42;
    for (const at of [4, 8, 12]) big.writeUInt32BE(little.readUInt32LE(at), at);
    // path, interface and member: a text's length stands four bytes into its field.
    for (const [name, length] of [
      ['/x', 2],
      ['a.b', 3],
      ['C', 1],
    ] as const) {
      big.writeUInt32BE(length, little.indexOf(`${name}\0`) - 4);
    }
    big.writeUInt32BE(1, big.length - 4);
    expect(decodeMessage(big)).toMatchObject({ path: '/x', interface: 'a.b', member: 'C' });
    expect(decodeMessage(big).body()).toEqual([1]);
  });

  it.each([
    ['an array of structs without members', 'a()', uint32(8, 0, 0, 0)],
    ['an array of dicts without members', 'a{}', uint32(8, 0, 0, 0)],
    ['an array of structs by their other name', 'ar', uint32(8, 0, 0, 0)],
    [
      'the same within a variant',
      'v',
      Buffer.from('\u0003a()\u0000\u0000\u0000\u0000\u0008\0\0\0\0\0\0\0\0\0\0\0', 'latin1'),
    ],
    [
      'a signature that runs off the end, in an array',
      'a(g)',
      Buffer.concat([uint32(8, 0), Buffer.alloc(7), Buffer.of(200)]),
    ],
    ['a text that runs off the end', 's', uint32(4_000_000_000)],
    ['an array that runs off the end', 'au', uint32(4_000_000_000, 1)],
    ['bytes that run off the end', 'ay', uint32(4_000_000_000, 1)],
    ['a type that does not exist', '!', uint32(1)],
    ['a struct that is never closed', '(u', uint32(1)],
    ['structs within each other without end', `${'('.repeat(120)}u${')'.repeat(120)}`, uint32(1)],
    ['more values than anybody sends', 'ay(u)', uint32(1, 1)],
  ])('with %s are refused at once', (_, signature, body) => {
    expect(reads(forged(signature, body))).toBe(false);
  });

  it('with variants within variants without end are refused', () => {
    expect(reads(forged('v', Buffer.from('\u0001v\0'.repeat(100_000), 'latin1')))).toBe(false);
  });

  it('with a great many values are refused before they fill the memory', () => {
    const depth = 30;
    const signature = `a${'('.repeat(depth)}y${')'.repeat(depth)}`;
    const body = Buffer.concat([uint32(900_000, 0), Buffer.alloc(900_000)]);
    expect(reads(forged(signature, body))).toBe(false);
  });

  it('that are no UTF-8 are read all the same', () => {
    const body = Buffer.concat([uint32(2), Buffer.from([0xff, 0xfe, 0])]);
    expect(decodeMessage(forged('s', body)).body()).toEqual(['\ufffd\ufffd']);
  });

  it('of a real systemd, with any bytes changed or cut off, are read or refused', () => {
    const frames = recordedFrames('stop-start');
    fc.assert(
      fc.property(
        fc.nat({ max: frames.length - 1 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 }),
        fc.nat(),
        (index, changes, cut) => {
          const bytes = Buffer.from(frames[index] ?? Buffer.alloc(16));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          reads(bytes);
          reads(bytes.subarray(0, cut % bytes.length));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('with any signature and any body are read or refused', () => {
    const signature = fc.string({ unit: fc.constantFrom(...'(){}ybnqiuxtdsogavr'), maxLength: 40 });
    fc.assert(
      fc.property(signature, fc.uint8Array({ maxLength: 300 }), (types, body) => {
        reads(forged(types, Buffer.from(body)));
      }),
      { numRuns: 3000 },
    );
  });
});
