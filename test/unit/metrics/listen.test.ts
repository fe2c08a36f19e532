import { describe, expect, it } from 'vitest';
import {
  authority,
  DEFAULT_LISTEN,
  isLoopback,
  listenTrouble,
  parseListen,
} from '../../../src/metrics/listen.ts';

describe('parseListen', () => {
  it.each([
    [DEFAULT_LISTEN, '127.0.0.1', 9808],
    ['[::1]:9808', '::1', 9808],
    ['0.0.0.0:1', '0.0.0.0', 1],
    ['localhost:0', 'localhost', 0],
  ])('reads %s', (text, host, port) => {
    expect(parseListen(text)).toEqual({ host, port });
    expect(authority({ host, port })).toBe(text);
  });

  it.each([
    '',
    '9808',
    ':9808',
    '127.0.0.1',
    '::1:9808',
    '[::1]',
    '[nonsense]:1',
    '127.0.0.1:65536',
    '127.0.0:1',
    'a b:1',
    '-x:y',
    '127.0.0.1:1/metrics',
  ])('refuses %j', (text) => {
    expect(parseListen(text)).toBeUndefined();
  });

  it('knows which addresses only this machine reaches', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.org']) expect(isLoopback(host)).toBe(false);
  });

  it('names a remedy for whatever keeps it from listening', () => {
    for (const code of ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EWHATEVER', undefined]) {
      expect(listenTrouble({ host: '::1', port: 80 }, code).remedy).toContain('--listen');
    }
  });
});
