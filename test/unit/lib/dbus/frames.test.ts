import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DbusError, Frames } from '../../../../src/lib/dbus/frames.ts';
import { encodeMessage, MESSAGE_TYPE } from '../../../../src/lib/dbus/message.ts';

const signal = (text: string, serial: number): Buffer =>
  encodeMessage({
    type: MESSAGE_TYPE.signal,
    serial,
    path: '/a',
    interface: 'a.b',
    member: 'C',
    signature: 's',
    body: [text],
  });

/** Cuts bytes at the given places, in whatever order they are named. */
const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length));
};

describe('frames', () => {
  it('gives the same messages back however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.nat()), (texts, places) => {
        const messages = texts.map((text, index) => signal(text, index + 1));
        const frames = new Frames();
        const got = cutAt(Buffer.concat(messages), places).flatMap((chunk) => frames.feed(chunk));
        expect(got.map((message) => message.toString('hex'))).toEqual(
          messages.map((message) => message.toString('hex')),
        );
      }),
    );
  });

  it('refuses a message of 2 GB as soon as it is announced', () => {
    const header = signal('x', 1).subarray(0, 16);
    header.writeUInt32LE(2 ** 31, 4);
    expect(() => new Frames().feed(header)).toThrow(DbusError);
    header.writeUInt32LE(8, 4);
    header.writeUInt32LE(2 ** 32 - 1, 12);
    expect(() => new Frames().feed(header)).toThrow(/4294967320 bytes/);
  });

  it.each([
    ['an order of bytes that does not exist', 0, 0x78],
    ['a type that is invalid', 1, 0],
    ['another version of the protocol', 3, 2],
  ])('refuses %s', (_, at, value) => {
    const message = Buffer.from(signal('x', 1));
    message[at] = value;
    expect(() => new Frames().feed(message)).toThrow(DbusError);
  });

  it('throws nothing else, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const frames = new Frames();
        try {
          for (const chunk of chunks) frames.feed(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(DbusError);
        }
      }),
    );
  });
});
