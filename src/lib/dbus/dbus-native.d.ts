// The parts of @homebridge/dbus-native that are used here: it types none of them itself.

declare module '@homebridge/dbus-native/lib/dbus-buffer.js' {
  export type SignatureTree = { readonly type: string; readonly child: readonly SignatureTree[] };

  export default class DBusBuffer {
    constructor(buffer: Buffer, startPos?: number, options?: { readonly littleEndian?: boolean });
    readonly buffer: Buffer;
    pos: number;
    read(signature: string): unknown[];
    align(power: number): void;
    readInt8(): number;
    readString(length: number): string;
    readTree(tree: SignatureTree): unknown;
    readStruct(struct: readonly SignatureTree[]): unknown[];
    readArray(element: SignatureTree, bytes: number): unknown;
  }
}

declare module '@homebridge/dbus-native/lib/message.js' {
  const message: {
    readonly marshall: (message: Readonly<Record<string, unknown>>) => Buffer;
  };
  export default message;
}
