/** `systemd-stdio-bridge` of a simulated node: its system bus, as far as systemd's signals need it. */
import { Frames } from '../../lib/dbus/frames.ts';
import { busLabel } from '../../lib/dbus/label.ts';
import { decodeMessage, encodeMessage, MESSAGE_TYPE, type Message } from '../../lib/dbus/message.ts';
import type { Shell } from '../shell/reply.ts';
import type { Manager } from '../sim/manager.ts';
import { type MatchRule, matches, parseRule, type Signal } from './match.ts';
import { changedProperties, fingerprint, jobPath } from './unit-properties.ts';

const BUS = 'org.freedesktop.DBus';
const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER = `${SYSTEMD}.Manager`;
const MANAGER_PATH = '/org/freedesktop/systemd1';
/** systemd is the first client of its bus, whoever logs in by ssh a later one. */
const SYSTEMD_NAME = ':1.0';
const OWN_NAME = ':1.7';
const SENDERS: ReadonlyMap<string, string> = new Map([[SYSTEMD, SYSTEMD_NAME]]);
const SERVER_ID = 'd1e5a2b36c74489fa0b1c2d3e4f50617';

export type BridgeOptions = {
  /** Undefined while the node has no power. */
  readonly shell: () => Shell | undefined;
  readonly write: (bytes: Buffer) => void;
  /** The bridge ends by itself with this exit code. */
  readonly end: (code: number) => void;
};

export class Bridge {
  readonly #options: BridgeOptions;
  readonly #frames = new Frames();
  readonly #rules: MatchRule[] = [];
  /** The systemd that it talks to: after a reboot there is another one, and this connection is gone. */
  readonly #manager: Manager | undefined;
  #login: string | undefined = '';
  #serial = 0;
  #isSubscribed = false;
  #lastJobSeq = 0;
  #seenChanges = -1;
  #seenReloads = 0;
  #seen = new Map<string, string>();
  #ended = false;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#manager = options.shell()?.manager;
  }

  /** Takes what the client wrote; what is no D-Bus ends the connection, as a bus does. */
  feed(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      const bytes = this.#login === undefined ? chunk : this.#logIn(chunk);
      for (const frame of this.#frames.feed(bytes)) this.#call(decodeMessage(frame));
    } catch {
      this.#end(1);
    }
  }

  endOfInput(): void {
    this.#end(0);
  }

  /** Sends what has changed since the last time. */
  look(): void {
    const shell = this.#options.shell();
    if (this.#ended || shell === undefined) return;
    const { manager } = shell;
    if (manager !== this.#manager) {
      this.#end(1);
      return;
    }
    if (!this.#isSubscribed || manager.changes === this.#seenChanges) return;
    this.#seenChanges = manager.changes;
    for (; this.#seenReloads < manager.reloads; this.#seenReloads += 1) {
      for (const isReloading of [true, false]) {
        this.#signal({ path: MANAGER_PATH, interface: MANAGER, member: 'Reloading' }, 'b', [isReloading]);
      }
    }
    for (const [name, now] of this.#fingerprints(shell)) {
      const unit = this.#seen.get(name) === now ? undefined : manager.unit(name);
      this.#seen.set(name, now);
      if (unit === undefined) continue;
      const path = `${MANAGER_PATH}/unit/${busLabel(name)}`;
      for (const changed of changedProperties(shell, unit)) {
        this.#signal({ path, interface: `${BUS}.Properties`, member: 'PropertiesChanged' }, 'sa{sv}as', [
          changed.interface,
          changed.properties,
          [],
        ]);
      }
    }
    // As of systemd 246: what became of the unit is told before the end of its job.
    for (const { seq, id, unit, result } of manager.jobEventsAfter(this.#lastJobSeq)) {
      this.#lastJobSeq = seq;
      const isNew = result === undefined;
      this.#signal(
        { path: MANAGER_PATH, interface: MANAGER, member: isNew ? 'JobNew' : 'JobRemoved' },
        isNew ? 'uos' : 'uoss',
        [id, jobPath(id), unit, ...(isNew ? [] : [result])],
      );
    }
  }

  #fingerprints(shell: Shell): ReadonlyMap<string, string> {
    return new Map(shell.manager.units().map((unit) => [unit.definition.name, fingerprint(shell, unit)]));
  }

  /** The login lines; returns what came after them. */
  #logIn(chunk: Buffer): Buffer {
    // One character per byte: what follows the login is no text.
    let text = (this.#login ?? '') + chunk.toString('latin1');
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = text.slice(0, end).replace(/^\0/u, '').trimEnd();
      text = text.slice(end + 1);
      if (line === 'BEGIN') {
        this.#login = undefined;
        return Buffer.from(text, 'latin1');
      }
      if (line === 'AUTH EXTERNAL') this.#say('DATA');
      else if (/^(?:AUTH EXTERNAL [0-9a-f]+|AUTH ANONYMOUS.*|DATA.*)$/u.test(line))
        this.#say(`OK ${SERVER_ID}`);
      else this.#say('ERROR');
    }
    this.#login = text;
    return Buffer.alloc(0);
  }

  #say(line: string): void {
    this.#options.write(Buffer.from(`${line}\r\n`));
  }

  #call(message: Message): void {
    if (message.type !== MESSAGE_TYPE.call) return;
    const method = `${message.interface}.${message.member}`;
    switch (method) {
      case `${BUS}.Hello`:
        this.#reply(message, BUS, 's', [OWN_NAME]);
        this.#send({
          ...{ type: MESSAGE_TYPE.signal, sender: BUS, destination: OWN_NAME, path: '/org/freedesktop/DBus' },
          ...{ interface: BUS, member: 'NameAcquired', signature: 's', body: [OWN_NAME] },
        });
        return;
      case `${BUS}.AddMatch`:
        this.#rules.push(parseRule(String(message.body()[0])));
        this.#reply(message, BUS);
        return;
      case `${MANAGER}.Subscribe`:
        this.#subscribe(message);
        return;
      default:
        this.#send({
          ...{ type: MESSAGE_TYPE.error, sender: BUS, destination: OWN_NAME, replySerial: message.serial },
          ...{ errorName: `${BUS}.Error.UnknownMethod`, signature: 's' },
          body: [`The demo does not know ${method}`],
        });
    }
  }

  #subscribe(message: Message): void {
    const shell = this.#options.shell();
    if (shell === undefined) return;
    this.#isSubscribed = true;
    this.#seenChanges = shell.manager.changes;
    this.#seenReloads = shell.manager.reloads;
    this.#seen = new Map(this.#fingerprints(shell));
    this.#lastJobSeq = shell.manager.jobEventsAfter(0).at(-1)?.seq ?? 0;
    this.#reply(message, SYSTEMD_NAME);
  }

  #reply(message: Message, sender: string, signature?: string, body?: readonly unknown[]): void {
    this.#send({
      ...{ type: MESSAGE_TYPE.reply, sender, destination: OWN_NAME, replySerial: message.serial },
      ...(signature !== undefined && body !== undefined && { signature, body }),
    });
  }

  #signal(signal: Omit<Signal, 'sender'>, signature: string, body: readonly unknown[]): void {
    const sent = { ...signal, sender: SYSTEMD_NAME };
    if (!this.#rules.some((rule) => matches(rule, sent, SENDERS))) return;
    this.#send({ type: MESSAGE_TYPE.signal, ...sent, signature, body });
  }

  #send(message: Omit<Parameters<typeof encodeMessage>[0], 'serial'>): void {
    this.#serial += 1;
    this.#options.write(encodeMessage({ ...message, serial: this.#serial }));
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.end(code);
  }
}

/** True for the command line that starts a bridge. */
export const isBridge = (command: string): boolean =>
  /^\s*(?:\/(?:usr\/)?bin\/)?systemd-stdio-bridge\s*$/u.test(command);
