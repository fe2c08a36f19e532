import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Auth } from '../../../../src/lib/dbus/auth.ts';
import { DbusError } from '../../../../src/lib/dbus/frames.ts';

const OK = `OK ${'0123456789abcdef'.repeat(2)}\r\n`;
const say = (auth: Auth, text: string): { readonly send: string; readonly rest: string | undefined } => {
  const { send, rest } = auth.feed(Buffer.from(text, 'latin1'));
  return { send, rest: rest?.toString('latin1') };
};

describe('a login to a bus', () => {
  it('is done as the user that is there, and leaves what comes after it', () => {
    const auth = new Auth();
    expect(say(auth, 'DATA\r\n')).toEqual({ send: 'DATA\r\n', rest: undefined });
    expect(say(auth, `${OK}l\u0002`)).toEqual({ send: 'BEGIN\r\n', rest: 'l\u0002' });
  });

  it('is done as nobody where the user is refused, and given up where that is refused, too', () => {
    const auth = new Auth();
    expect(say(auth, 'REJECTED EXTERNAL ANONYMOUS\r\n').send).toBe('AUTH ANONYMOUS\r\n');
    expect(say(auth, OK).send).toBe('BEGIN\r\n');

    const refused = new Auth();
    say(refused, 'REJECTED\r\n');
    expect(() => say(refused, 'REJECTED\r\n')).toThrow(DbusError);
  });

  it('passes over what login scripts print, but not for ever', () => {
    const auth = new Auth();
    expect(say(auth, 'Welcome to node02!\nDATABASE host\nDATA\r\n').send).toBe('DATA\r\n');
    expect(() => {
      for (let line = 0; line < 2000; line++) say(auth, `${'yes '.repeat(20)}\n`);
    }).toThrow(DbusError);
  });

  it('is the same however the bytes arrive', () => {
    const bytes = Buffer.from(`hello\nDATA\r\n${OK}rest`);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length }), (cut) => {
        const auth = new Auth();
        const first = auth.feed(bytes.subarray(0, cut));
        const second =
          first.rest === undefined ? auth.feed(bytes.subarray(cut)) : { send: '', rest: bytes.subarray(cut) };
        expect(first.send + second.send).toBe('DATA\r\nBEGIN\r\n');
        expect((first.rest?.toString() ?? '') + (second.rest?.toString() ?? '')).toBe('rest');
      }),
    );
  });
});
