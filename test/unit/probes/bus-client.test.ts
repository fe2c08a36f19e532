import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DbusError, Frames } from '../../../src/lib/dbus/frames.ts';
import {
  decodeMessage,
  encodeMessage,
  MESSAGE_TYPE,
  type OutgoingMessage,
} from '../../../src/lib/dbus/message.ts';
import { BusClient, BusRefusal } from '../../../src/probes/bus-client.ts';
import { recording } from './bus-recording.ts';

const LOGIN = Buffer.from('DATA\r\nOK 6d62d92bfbe3575456725c376b0484b4\r\n');

const connect = () => {
  const written: Buffer[] = [];
  const signals: string[] = [];
  let lives = 0;
  const client = new BusClient({
    write: (bytes) => written.push(bytes),
    onLive: () => {
      lives += 1;
    },
    onSignal: ({ path, member }) => signals.push(`${path} ${member}`),
  });
  /** The calls that were made since the login. */
  const calls = () => {
    const bytes = Buffer.concat(written);
    return new Frames()
      .feed(bytes.subarray(bytes.indexOf('BEGIN\r\n') + 7))
      .map(decodeMessage)
      .map((call) => ({ serial: call.serial, member: call.member, body: call.body() }));
  };
  return { client, written, signals, calls, lives: () => lives };
};

let serial = 0;
const from = (sender: string, message: Omit<OutgoingMessage, 'serial' | 'sender'>): Buffer => {
  serial += 1;
  return encodeMessage({ serial, sender, ...message });
};

const jobNew = (sender: string): Buffer =>
  from(sender, {
    type: MESSAGE_TYPE.signal,
    path: '/org/freedesktop/systemd1',
    interface: 'org.freedesktop.systemd1.Manager',
    member: 'JobNew',
    signature: 'uos',
    body: [1, '/org/freedesktop/systemd1/job/1', 'iam.service'],
  });

const newOwner = (sender: string, owner: string): Buffer =>
  from(sender, {
    ...{ type: MESSAGE_TYPE.signal, path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' },
    ...{ member: 'NameOwnerChanged', signature: 'sss', body: ['org.freedesktop.systemd1', ':1.0', owner] },
  });

const live = () => {
  const connection = connect();
  connection.client.feed(LOGIN);
  for (const { serial, member } of connection.calls()) {
    const sender = member === 'Subscribe' ? ':1.0' : 'org.freedesktop.DBus';
    connection.client.feed(from(sender, { type: MESSAGE_TYPE.reply, replySerial: serial }));
  }
  return connection;
};

describe('a client of the system bus', () => {
  it('logs in, asks for the signals that it needs and for nothing else', () => {
    const { client, written, calls } = connect();
    expect(written.map(String)).toEqual(['\0AUTH EXTERNAL\r\n']);
    client.feed(LOGIN);
    expect(calls().map(({ member }) => member)).toEqual([
      'Hello',
      ...['AddMatch', 'AddMatch', 'AddMatch', 'AddMatch'],
      'Subscribe',
      'AddMatch',
    ]);
    const rules = calls().flatMap(({ member, body }) => (member === 'AddMatch' ? [String(body[0])] : []));
    expect(
      rules.every(
        (rule) => rule.includes("type='signal',sender='org.freedesktop.") && rule.includes('member='),
      ),
    ).toBe(true);
  });

  it('hears a real systemd, however its bytes arrive', () => {
    const bytes = recording('dependency');
    const whole = connect();
    whole.client.feed(bytes);
    expect(whole.lives()).toBe(1);
    expect(whole.signals).toHaveLength(99);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 10 }), (sizes) => {
        const { client, signals } = connect();
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          client.feed(bytes.subarray(at, at + Math.max(size, 50)));
          at += Math.max(size, 50);
        }
        expect(signals).toEqual(whole.signals);
      }),
      { numRuns: 20 },
    );
  });

  it('believes only what systemd itself sends', () => {
    const { client, signals } = live();
    client.feed(jobNew(':1.66'));
    client.feed(newOwner(':1.66', ':1.66'));
    client.feed(jobNew(':1.66'));
    expect(signals).toEqual([]);
    client.feed(jobNew(':1.0'));
    expect(signals).toHaveLength(1);
  });

  it('subscribes again when systemd has started itself anew', () => {
    const { client, signals, calls, lives } = live();
    client.feed(newOwner('org.freedesktop.DBus', ''));
    client.feed(newOwner('org.freedesktop.DBus', ':1.90'));
    client.feed(jobNew(':1.0'));
    expect(signals).toEqual([]);
    const again = calls().at(-1);
    expect(again?.member).toBe('Subscribe');
    client.feed(from(':1.90', { type: MESSAGE_TYPE.reply, replySerial: again?.serial ?? 0 }));
    client.feed(jobNew(':1.90'));
    expect(signals).toHaveLength(1);
    expect(lives()).toBe(2);
  });

  it('takes it well that a systemd that started itself anew knows the subscription still', () => {
    const { client, signals, calls, lives } = live();
    client.feed(newOwner('org.freedesktop.DBus', ''));
    client.feed(newOwner('org.freedesktop.DBus', ':1.90'));
    const replySerial = calls().at(-1)?.serial ?? 0;
    const errorName = 'org.freedesktop.systemd1.AlreadySubscribed';
    client.feed(from(':1.90', { type: MESSAGE_TYPE.error, replySerial, errorName }));
    client.feed(jobNew(':1.90'));
    expect(signals).toHaveLength(1);
    expect(lives()).toBe(2);
  });

  it('asks once, however often the name comes and goes before the answer', () => {
    const { client, calls } = live();
    const before = calls().length;
    for (let turn = 0; turn < 50; turn++) client.feed(newOwner('org.freedesktop.DBus', `:1.${turn}`));
    expect(calls()).toHaveLength(before + 1);
  });

  it('takes only a denial for one: a systemd that was just away is asked again soon', () => {
    const { client, calls } = connect();
    client.feed(LOGIN);
    const replySerial = calls().at(-1)?.serial ?? 0;
    const errorName = 'org.freedesktop.DBus.Error.NoReply';
    let thrown: unknown;
    try {
      client.feed(from('org.freedesktop.DBus', { type: MESSAGE_TYPE.error, replySerial, errorName }));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DbusError);
    expect(thrown).not.toBeInstanceOf(BusRefusal);
  });

  it('says who refused what', () => {
    const { client, calls } = connect();
    client.feed(LOGIN);
    const replySerial = calls().find(({ member }) => member === 'Subscribe')?.serial ?? 0;
    const errorName = 'org.freedesktop.DBus.Error.AccessDenied';
    const refusal = from(':1.0', { type: MESSAGE_TYPE.error, replySerial, errorName });
    expect(() => client.feed(refusal)).toThrow(new BusRefusal(`Subscribe: ${errorName}`));
  });

  it('throws nothing but a DbusError, whatever the node sends', () => {
    const bytes = recording('dependency');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 8000 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (changes, isLoggedIn) => {
          const broken = Buffer.from(bytes.subarray(0, 8000));
          for (const [at, value] of changes) broken[isLoggedIn ? Math.max(at, 60) % 8000 : at % 8000] = value;
          try {
            connect().client.feed(broken);
          } catch (error) {
            expect(error).toBeInstanceOf(DbusError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
