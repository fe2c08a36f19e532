/** Cuts a stream of bytes into whole D-Bus messages, however it arrives, and believes no length that is not sane. Pure. */

/** The bus itself allows 128 MiB; nothing that is asked for here comes near this. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES = 16;
const LITTLE = 0x6c;
const BIG = 0x42;
const VERSION = 1;

/** What came is not D-Bus, or more than is allowed. */
export class DbusError extends Error {}

/** The length of the message that begins with these 16 bytes. Throws a DbusError. */
const lengthOf = (header: Buffer): number => {
  const [order, type = 0, , version] = header;
  if ((order !== LITTLE && order !== BIG) || version !== VERSION || type === 0) {
    throw new DbusError('what came is no D-Bus message');
  }
  const read = (at: number): number => (order === LITTLE ? header.readUInt32LE(at) : header.readUInt32BE(at));
  const length = HEADER_BYTES + Math.ceil(read(12) / 8) * 8 + read(4);
  if (length > MESSAGE_BYTES_MAX) throw new DbusError(`a message of ${length} bytes was announced`);
  return length;
};

/** Gathers bytes and gives them back as messages; holds at most one message and one chunk. */
export class Frames {
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = HEADER_BYTES;

  /** The messages that `chunk` completes. Throws a DbusError, after which nothing more can be read. */
  feed(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#held);
    const messages: Buffer[] = [];
    let at = 0;
    this.#wanted = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = lengthOf(bytes.subarray(at, at + HEADER_BYTES));
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      messages.push(bytes.subarray(at, at + length));
      at += length;
    }
    const rest = bytes.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return messages;
  }
}
