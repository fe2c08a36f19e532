import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { effectiveArgv, effectiveSsh, parseEffective } from '../../../src/ssh/effective.ts';

const directory = mkdtempSync(join(tmpdir(), 'plasmatop-effective-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('what ssh makes of its configuration', () => {
  it('is asked of the client itself', async () => {
    const configFile = join(directory, 'ssh_config');
    writeFileSync(
      configFile,
      'Host far\n HostName 10.9.0.1\n Port 2222\n ProxyJump ops@bastion:22\n HostKeyAlias far-key\n UserKnownHostsFile /a /b\n GlobalKnownHostsFile none\n',
    );
    expect(await effectiveSsh({ target: 'far', configFile, user: 'admin' }, systemClock)).toEqual({
      ok: true,
      ssh: {
        hostName: '10.9.0.1',
        user: 'admin',
        port: 2222,
        proxied: false,
        jump: 'ops@bastion:22',
        hostKeyAlias: 'far-key',
        knownHosts: ['/a', '/b'],
      },
    });
    const own = await effectiveSsh({ target: 'far', configFile, options: ['ProxyJump=none'] }, systemClock);
    expect(own).toMatchObject({ ok: true, ssh: { hostName: '10.9.0.1' } });
    expect(own.ok && own.ssh.jump).toBeUndefined();
  });

  it('is an error in its own words where the configuration is wrong', async () => {
    const configFile = join(directory, 'wrong');
    writeFileSync(configFile, 'NoSuchOption yes\n');
    const asked = await effectiveSsh({ target: 'far', configFile }, systemClock);
    expect(asked).toMatchObject({ ok: false, reason: expect.stringContaining('wrong') as unknown });
  });

  it('takes no destination for an option', () => {
    expect(effectiveArgv({ target: '-oProxyCommand=x' }).slice(-2)).toEqual(['--', '-oProxyCommand=x']);
  });

  it('is nothing where the answer is none', () => {
    expect(parseEffective('hostname a\n')).toBeUndefined();
    expect(parseEffective('')).toBeUndefined();
  });
});
