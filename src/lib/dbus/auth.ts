/** Logs in to a bus: the client's side of D-Bus' SASL lines, as systemd's own clients do it. Pure. */
import { DbusError } from './frames.ts';

/** Login scripts may print what they like before the bus speaks, but not for ever. */
const NOISE_BYTES_MAX = 64 * 1024;

export type AuthStep = {
  /** To be written to the bus; empty when there is nothing to say. */
  readonly send: string;
  /** Logged in: what came after it is messages already. */
  readonly rest?: Buffer;
};

/** One login: EXTERNAL, by the user that the bridge runs as, else ANONYMOUS. */
export class Auth {
  /** The first words; the zero byte is part of the protocol. */
  static readonly hello = '\0AUTH EXTERNAL\r\n';
  #held: Buffer = Buffer.alloc(0);
  #heard = 0;
  #isAnonymous = false;

  /** Takes what the bus said. Throws a DbusError when it lets nobody in. */
  feed(chunk: Buffer): AuthStep {
    this.#heard += chunk.length;
    this.#held = Buffer.concat([this.#held, chunk]);
    let send = '';
    for (let end = this.#held.indexOf('\n'); end !== -1; end = this.#held.indexOf('\n')) {
      const line = this.#held.toString('latin1', 0, end).trimEnd();
      this.#held = this.#held.subarray(end + 1);
      if (/^OK [0-9a-f]+$/u.test(line)) return { send: `${send}BEGIN\r\n`, rest: this.#held };
      if (/^DATA\b/u.test(line)) send += 'DATA\r\n';
      else if (/^(?:REJECTED|ERROR)\b/u.test(line)) send += this.#tryAnonymous();
    }
    if (this.#heard > NOISE_BYTES_MAX) throw new DbusError('what came is no D-Bus login');
    return { send };
  }

  #tryAnonymous(): string {
    if (this.#isAnonymous) throw new DbusError('the bus does not let this user in');
    this.#isAnonymous = true;
    return 'AUTH ANONYMOUS\r\n';
  }
}
