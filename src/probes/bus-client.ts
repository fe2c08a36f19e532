/** A client of a node's system bus, without the wire: bytes in, bytes and systemd's signals out. */
import { Auth } from '../lib/dbus/auth.ts';
import { DbusError, Frames } from '../lib/dbus/frames.ts';
import { decodeMessage, encodeMessage, MESSAGE_TYPE, type Message } from '../lib/dbus/message.ts';

const BUS = 'org.freedesktop.DBus';
const BUS_PATH = '/org/freedesktop/DBus';
const SYSTEMD = 'org.freedesktop.systemd1';
const SYSTEMD_PATH = '/org/freedesktop/systemd1';
export const MANAGER = `${SYSTEMD}.Manager`;
export const PROPERTIES = 'org.freedesktop.DBus.Properties';
export const UNIT_PATH = `${SYSTEMD_PATH}/unit`;

const manager = (member: string): string =>
  `type='signal',sender='${SYSTEMD}',path='${SYSTEMD_PATH}',interface='${MANAGER}',member='${member}'`;

/** What is asked for, and nothing else. */
const RULES = [
  manager('JobNew'),
  manager('JobRemoved'),
  `type='signal',sender='${SYSTEMD}',interface='${PROPERTIES}',member='PropertiesChanged',path_namespace='${UNIT_PATH}'`,
  // systemd that starts itself anew is another client of the bus, which nobody has subscribed to.
  `type='signal',sender='${BUS}',path='${BUS_PATH}',interface='${BUS}',member='NameOwnerChanged',arg0='${SYSTEMD}'`,
];

/** Subscriptions outlive systemd when it starts itself anew: this is as good as a yes. */
const SUBSCRIBED = `${SYSTEMD}.AlreadySubscribed`;
const DENIED: ReadonlySet<string | undefined> = new Set([
  `${BUS}.Error.AccessDenied`,
  `${BUS}.Error.AuthFailed`,
]);

/** The bus is there, but gives us nothing. */
export class BusRefusal extends DbusError {}

export type BusEvents = {
  readonly write: (bytes: Buffer) => void;
  /** From now on signals come; also when systemd has started itself anew. What changed before is not told. */
  readonly onLive: () => void;
  /** A signal of systemd's. */
  readonly onSignal: (message: Message) => void;
};

type Call = {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly destination: string;
};

export class BusClient {
  readonly #events: BusEvents;
  readonly #frames = new Frames();
  readonly #auth = new Auth();
  /** Calls that were not answered yet, by serial. */
  readonly #calls = new Map<number, string>();
  #isLoggedIn = false;
  #serial = 0;
  /** systemd's own name on the bus: only what it sends is believed. */
  #systemd: string | undefined;

  constructor(events: BusEvents) {
    this.#events = events;
    events.write(Buffer.from(Auth.hello));
  }

  /** Takes what the bus sent. Throws a DbusError when nothing good can come any more. */
  feed(chunk: Buffer): void {
    let bytes = chunk;
    if (!this.#isLoggedIn) {
      const { send, rest } = this.#auth.feed(chunk);
      if (send !== '') this.#events.write(Buffer.from(send));
      if (rest === undefined) return;
      this.#isLoggedIn = true;
      this.#greet();
      bytes = rest;
    }
    for (const frame of this.#frames.feed(bytes)) this.#take(decodeMessage(frame));
  }

  #greet(): void {
    const bus = { path: BUS_PATH, interface: BUS, destination: BUS };
    this.#call({ ...bus, member: 'Hello' });
    for (const rule of RULES) this.#call({ ...bus, member: 'AddMatch' }, rule);
    this.#subscribe();
    // Worth no wait: before it comes, whoever subscribed asks anyway.
    this.#call({ ...bus, member: 'AddMatch' }, manager('Reloading'));
  }

  #subscribe(): void {
    this.#call({ path: SYSTEMD_PATH, interface: MANAGER, destination: SYSTEMD, member: 'Subscribe' });
  }

  #call(call: Call, argument?: string): void {
    this.#serial += 1;
    this.#calls.set(this.#serial, call.member);
    this.#events.write(
      encodeMessage({
        type: MESSAGE_TYPE.call,
        serial: this.#serial,
        ...call,
        ...(argument === undefined ? {} : { signature: 's', body: [argument] }),
      }),
    );
  }

  #take(message: Message): void {
    if (message.type === MESSAGE_TYPE.signal) {
      if (message.sender === BUS && message.member === 'NameOwnerChanged') this.#newOwner(message);
      else if (message.sender === this.#systemd && this.#systemd !== undefined)
        this.#events.onSignal(message);
      return;
    }
    const serial = message.replySerial ?? 0;
    const member = this.#calls.get(serial);
    if (member === undefined) return;
    this.#calls.delete(serial);
    const { errorName } = message;
    if (message.type === MESSAGE_TYPE.error && errorName !== SUBSCRIBED) {
      const says = `${member}: ${errorName ?? 'refused'}`;
      // Anything else passes: systemd was not on the bus yet, or was just leaving it.
      throw DENIED.has(errorName) ? new BusRefusal(says) : new DbusError(says);
    }
    if (message.type !== MESSAGE_TYPE.reply && message.type !== MESSAGE_TYPE.error) return;
    if (member !== 'Subscribe') return;
    this.#systemd = message.sender;
    this.#events.onLive();
  }

  #newOwner(message: Message): void {
    const [name, , owner] = message.body();
    if (name !== SYSTEMD) return;
    this.#systemd = undefined;
    // One question at a time, however often its name is said to go and come.
    if (owner !== '' && ![...this.#calls.values()].includes('Subscribe')) this.#subscribe();
  }
}
