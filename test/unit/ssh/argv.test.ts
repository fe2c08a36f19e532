import { describe, expect, it } from 'vitest';
import { type SshEndpoint, sshArgv } from '../../../src/ssh/argv.ts';

const bare: SshEndpoint = {
  target: 'node02',
  options: [],
  connectTimeoutMs: 5000,
  controlPath: '/run/user/1000/plasmatop-7-aB/0',
};

describe('sshArgv', () => {
  it('connects a master', () => {
    expect(sshArgv(bare, { kind: 'master', batch: true })).toEqual([
      '-S',
      '/run/user/1000/plasmatop-7-aB/0',
      '-T',
      '-a',
      '-x',
      '-o',
      'BatchMode=yes',
      '-o',
      'ControlMaster=yes',
      '-o',
      'ControlPersist=no',
      '-o',
      'ConnectTimeout=5',
      '-o',
      'ClearAllForwardings=yes',
      '-o',
      'PermitLocalCommand=no',
      '-o',
      'RemoteCommand=none',
      '-o',
      'LogLevel=ERROR',
      '-o',
      'ServerAliveInterval=5',
      '-o',
      'ServerAliveCountMax=2',
      '-N',
      '--',
      'node02',
    ]);
  });

  it('opens a shell over it, with a terminal and without a command', () => {
    const words = sshArgv(bare, { kind: 'shell' });
    expect(words).toEqual(expect.arrayContaining(['-tt', 'BatchMode=yes', 'ControlMaster=no']));
    expect(words).not.toContain('-T');
    expect(words.some((word) => word.startsWith('ProxyCommand='))).toBe(true);
    expect(words.slice(-2)).toEqual(['--', 'node02']);
  });

  it('runs a command over it, and over nothing else', () => {
    const endpoint = {
      ...bare,
      configFile: '/etc/pt/ssh_config',
      user: 'ops',
      options: ['Port=2222', 'Compression=yes'],
    };
    expect(sshArgv(endpoint, { kind: 'command', line: 'systemctl restart -- a.service' })).toEqual([
      '-F',
      '/etc/pt/ssh_config',
      '-l',
      'ops',
      '-S',
      '/run/user/1000/plasmatop-7-aB/0',
      '-T',
      '-a',
      '-x',
      '-o',
      'BatchMode=yes',
      '-o',
      'ControlMaster=no',
      '-o',
      'ControlPersist=no',
      '-o',
      'ConnectTimeout=5',
      '-o',
      'ClearAllForwardings=yes',
      '-o',
      'PermitLocalCommand=no',
      '-o',
      'RemoteCommand=none',
      '-o',
      'LogLevel=ERROR',
      '-o',
      "ProxyCommand=sh -c 'echo plasmatop: no connection to share >&2'",
      '-o',
      'Port=2222',
      '-o',
      'Compression=yes',
      '-o',
      'ServerAliveInterval=5',
      '-o',
      'ServerAliveCountMax=2',
      '--',
      'node02',
      'systemctl restart -- a.service',
    ]);
  });

  it('lets ssh ask only when it may', () => {
    expect(sshArgv(bare, { kind: 'master', batch: false })).toContain('BatchMode=no');
  });

  it('never asks for less than a second, and keeps a percent sign of a path', () => {
    const argv = sshArgv(
      { ...bare, connectTimeoutMs: 200, controlPath: '/tmp/100%h/0' },
      { kind: 'master', batch: true },
    );
    expect(argv).toContain('ConnectTimeout=1');
    expect(argv).toContain('/tmp/100%%h/0');
  });
});
