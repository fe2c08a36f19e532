/**
 * D-Bus messages, there and back. The library's reader follows whatever the bytes say: it walks off their end, and some
 * signatures keep it going for ever. Here it is held within bounds, so that a message costs no more than its size.
 */
import DBusBuffer, { type SignatureTree } from '@homebridge/dbus-native/lib/dbus-buffer.js';
import native from '@homebridge/dbus-native/lib/message.js';
import { DbusError } from './frames.ts';

export const MESSAGE_TYPE = { call: 1, reply: 2, error: 3, signal: 4 } as const;

export type OutgoingMessage = {
  readonly type: (typeof MESSAGE_TYPE)[keyof typeof MESSAGE_TYPE];
  /** From 1 on. */
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  /** A variant is written as [signature, value], a dict as an array of [key, value]. */
  readonly signature?: string;
  readonly body?: readonly unknown[];
};

/** What came. Its fields are as the other side wrote them: not sanitised. */
export type Message = {
  readonly type: number;
  readonly serial: number;
  readonly path: string | undefined;
  readonly interface: string | undefined;
  readonly member: string | undefined;
  readonly errorName: string | undefined;
  readonly replySerial: number | undefined;
  readonly sender: string | undefined;
  /** Reads the body: a variant is [type, [value]], bytes are a Buffer, 64-bit numbers are doubles. Throws a DbusError. */
  readonly body: () => readonly unknown[];
};

/** The specification allows 32 arrays and 32 structs within each other. */
const DEPTH_MAX = 64;
/** Values in one message; the largest that systemd sends has a few hundred. */
const VALUES_MAX = 20_000;
const SIGNATURE_MAX = 255;

class BoundedBuffer extends DBusBuffer {
  #depth = 0;
  #values = 0;

  override readTree(tree: SignatureTree): unknown {
    this.#depth += 1;
    this.#values += 1;
    if (this.#depth > DEPTH_MAX || this.#values > VALUES_MAX)
      throw new DbusError('a message of too many values');
    const value = super.readTree(tree);
    this.#depth -= 1;
    return value;
  }

  // A struct without members would take no bytes: an array of them never ends.
  override readStruct(struct: readonly SignatureTree[]): unknown[] {
    if (struct.length === 0) throw new DbusError('a struct without members');
    return super.readStruct(struct);
  }

  override readArray(element: SignatureTree, bytes: number): unknown {
    this.#check(bytes);
    return super.readArray(element, bytes);
  }

  override readInt8(): number {
    this.#check(1);
    return super.readInt8();
  }

  override readString(length: number): string {
    this.#check(length + 1);
    return super.readString(length);
  }

  #check(bytes: number): void {
    if (this.pos + bytes > this.buffer.length) throw new DbusError('a message that ends too early');
  }
}

/** The library and Node throw errors of several kinds; to the reader they all say the same. */
const reading = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof DbusError) throw error;
    throw new DbusError('a message that cannot be read');
  }
};

const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  sender: 7,
  signature: 8,
} as const;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Reads the header of a whole message, as Frames gives it. Throws a DbusError. */
export const decodeMessage = (bytes: Buffer): Message =>
  reading(() => {
    const buffer = new BoundedBuffer(bytes, 0, { littleEndian: bytes[0] === 0x6c });
    const [, type, , , , serial, fields] = buffer.read('yyyyuua(yv)');
    const known = new Map<unknown, unknown>();
    for (const field of Array.isArray(fields) ? fields : []) known.set(field[0], field[1]?.[1]?.[0]);
    const signature = text(known.get(FIELD.signature)) ?? '';
    return {
      type: number(type) ?? 0,
      serial: number(serial) ?? 0,
      path: text(known.get(FIELD.path)),
      interface: text(known.get(FIELD.interface)),
      member: text(known.get(FIELD.member)),
      errorName: text(known.get(FIELD.errorName)),
      replySerial: number(known.get(FIELD.replySerial)),
      sender: text(known.get(FIELD.sender)),
      body: () =>
        reading(() => {
          if (signature === '') return [];
          if (signature.length > SIGNATURE_MAX) throw new DbusError('a signature that is too long');
          const at = buffer.pos;
          buffer.align(3);
          const body = buffer.read(signature);
          buffer.pos = at;
          return body;
        }),
    };
  });

/** The bytes of a message. Throws when the body does not fit its signature: that is a fault of the program. */
export const encodeMessage = (message: OutgoingMessage): Buffer => native.marshall(message);
