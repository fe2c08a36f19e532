import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SshFailureKind } from '../../../src/core/model/observation.ts';
import { NO_MASTER_WORDS } from '../../../src/ssh/argv.ts';
import { classifyCommand, classifyConnection } from '../../../src/ssh/classify.ts';

/** What the OpenSSH client really wrote, see test/fixtures/ssh. */
const said = (name: string): string =>
  readFileSync(new URL(`../../fixtures/ssh/${name}`, import.meta.url), 'utf8');

describe('classifyConnection', () => {
  it.each<[string, SshFailureKind, string]>([
    [
      'ssh-hostkey-changed.err',
      'host-key-changed',
      'Host key for node03 has changed and you have requested strict checking.',
    ],
    ['ssh-hostkey-unknown.err', 'host-key-unknown', 'Host key verification failed.'],
    ['ssh-off-node.err', 'refused', 'ssh: connect to host 10.77.0.12 port 22: Connection refused'],
    ['ssh-port-closed.err', 'refused', 'ssh: connect to host 10.77.0.11 port 2222: Connection refused'],
    ['ssh-while-booting.err', 'refused', 'ssh: connect to host 10.77.0.11 port 22: Connection refused'],
    ['ssh-unknown-host.err', 'unreachable', 'ssh: connect to host 10.77.0.99 port 22: No route to host'],
    ['off-ssh.err', 'timeout', 'ssh: connect to host 10.77.0.12 port 22: Connection timed out'],
    ['cut-drop-new-ssh.err', 'timeout', 'ssh: connect to host 10.77.0.13 port 22: Connection timed out'],
    ['cut-link-new-ssh.err', 'timeout', 'ssh: connect to host 10.77.0.13 port 22: Connection timed out'],
    ['cut-drop-mux-cmd.err', 'timeout', 'ssh: connect to host 10.77.0.13 port 22: Connection timed out'],
    ['perm-root-login.err', 'auth', 'root@10.77.0.11: Permission denied (publickey).'],
    [
      'mux-maxsessions.err',
      'busy',
      'mux_client_request_session: session request failed: Session open refused by peer',
    ],
    ['parallel-30-maxstartups.out', 'busy', '8 kex_exchange_identification: read: Connection reset by peer'],
  ])('%s is %s', (name, kind, detail) => {
    const failure = classifyConnection(said(name));
    expect(failure).toMatchObject({ kind, detail });
    expect(failure.remedy).not.toBe('');
  });

  it.each<[string, SshFailureKind]>([
    ['ssh: Could not resolve hostname nowhere: Name or service not known', 'dns'],
    ['command-line: line 0: Bad configuration option: nosuch', 'config'],
    ["Can't open user config file /x: No such file or directory", 'config'],
    ['Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found.', 'config'],
    ['Connection timed out during banner exchange\r\nConnection to 10.0.0.1 port 22 timed out', 'timeout'],
    ['Timeout, server 10.0.0.1 not responding.\r\n', 'timeout'],
    ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'auth'],
    [
      'channel 0: open failed: connect failed: No route to host\r\nstdio forwarding failed\r\nkex_exchange_identification: Connection closed by remote host',
      'unreachable',
    ],
    ['Connection to 10.0.0.1 closed by remote host.', 'closed'],
    ['something else', 'closed'],
    ['', 'closed'],
  ])('%j is %s', (text, kind) => {
    expect(classifyConnection(text).kind).toBe(kind);
  });

  it('lets no escape code through, whatever is said', () => {
    expect(classifyConnection('\u001b]52;c;AAAA\u0007root@x: Permission denied (publickey).').detail).toBe(
      '·root@x: Permission denied (publickey).',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { detail, remedy } = classifyConnection(text);
        expect(`${detail}${remedy}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
        expect(detail).not.toBe('');
      }),
    );
  });
});

describe('classifyCommand', () => {
  it('leaves 255 to a remote command that a signal ended', () => {
    expect(classifyCommand('', true)).toBeUndefined();
  });

  it('knows a master that died under the command', () => {
    expect(classifyCommand('', false)).toMatchObject({ kind: 'closed' });
  });

  it('knows a master that was gone before', () => {
    const text = 'kex_exchange_identification: Connection closed by remote host\r\n';
    expect(classifyCommand(text, true)).toMatchObject({ kind: 'closed' });
    expect(classifyCommand(`${NO_MASTER_WORDS}\n`, true)).toMatchObject({ kind: 'closed' });
  });

  it('knows a session that the server refused', () => {
    expect(classifyCommand(said('mux-maxsessions.err'), true)).toMatchObject({ kind: 'busy' });
  });
});
