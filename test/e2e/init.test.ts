/** `plasmatop init` by the built program: on a terminal, in scripts, and with the hosts of a real ssh_config. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch } from './driver.ts';

let demo: DemoCluster;
let cwd = '';
beforeAll(async () => {
  demo = await startDemoCluster();
});
afterAll(() => demo.stop());
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pt-init-'));
  return () => rmSync(cwd, { recursive: true, force: true });
});

const env = () => ({ HOME: join(cwd, 'home'), XDG_CONFIG_HOME: join(cwd, 'xdg') });
const init = (...args: string[]) => runProgram(['init', ...args], { cwd, env: env() });
const home = () => join(cwd, 'xdg', 'plasmatop', 'plasmatop.yaml');
const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));

describe('without a terminal', () => {
  it('writes where the program finds it from everywhere, and says what comes next', async () => {
    const end = await init('node01', 'node02=10.0.0.12', '--cluster', 'prod');
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(end.stdout).toBe(`wrote ${home()} (mode 0644): 2 nodes\nnext: plasmatop doctor`);
    expect(statSync(home()).mode & 0o777).toBe(0o644);
    expect(read(home())).toEqual({
      cluster: 'prod',
      nodes: ['node01', { name: 'node02', address: '10.0.0.12' }],
    });
    expect(readdirSync(dirname(home()))).toEqual(['plasmatop.yaml']);
  });

  it('keeps a file that is there, unless it is forced', async () => {
    writeFileSync(join(cwd, 'mine.yaml'), 'nodes: [old]\n');
    const kept = await init('node01', '--out', 'mine.yaml');
    expect(kept.exitCode).toBe(73);
    expect(kept.stderr).toMatch(/is there already\n {2}remedy: .*--force/);
    expect(readFileSync(join(cwd, 'mine.yaml'), 'utf8')).toBe('nodes: [old]\n');
    const forced = await init('node01', '--out', 'mine.yaml', '--force');
    expect(forced.stdout).toContain(`next: plasmatop doctor --config ${join(cwd, 'mine.yaml')}`);
    expect(read(join(cwd, 'mine.yaml'))).toEqual({ nodes: ['node01'] });
  });

  it('says when another configuration is found first', async () => {
    writeFileSync(join(cwd, 'plasmatop.yaml'), 'nodes: [old]\n');
    const end = await init('node01');
    expect(end.stdout).toContain(`here, ${join(cwd, 'plasmatop.yaml')} is found before it`);
    expect(end.stdout).toContain(`next: plasmatop doctor --config ${home()}`);
  });

  it.each([
    ['no node', [], 64, /no node is named/],
    ['a wrong address', ['a=x y'], 64, /argument 1: "x y" is not an address/],
    ['a list that is not there', ['--from-file', 'absent'], 66, /absent: cannot be read: no such file/],
    [
      'an authority that is none',
      ['a', '--ca', 'ca.pem'],
      78,
      /tls\.ca: ".*ca\.pem" holds no PEM certificate/,
    ],
    ['a user that is an option', ['a', '--user=-x'], 78, /"-x" is not a user name/],
    ['a place that cannot be', ['a', '--out', 'ca.pem/x.yaml'], 73, /cannot be written/],
  ] as const)('writes nothing for %s', async (_what, args, code, says) => {
    writeFileSync(join(cwd, 'ca.pem'), 'no certificate\n');
    const end = await init(...args);
    expect(end).toMatchObject({ exitCode: code, stdout: '' });
    expect(end.stderr).toMatch(says);
    expect(end.stderr).toContain('nothing was written');
    expect(readdirSync(cwd)).toEqual(['ca.pem']);
  });

  it('prints with --out -, and writes nothing', async () => {
    const end = await init('node01', '--out', '-', '--read-only');
    expect(parse(end.stdout)).toEqual({ nodes: ['node01'], readOnly: true });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('with an ssh_config', () => {
  it('takes the hosts that are meant, and the console runs on what was written', async () => {
    const end = await init(
      ...['--from-ssh-config', 'node0[1]', '--from-ssh-config', 'node*', '--ssh-config', demo.sshConfigFile],
    );
    expect(end.exitCode).toBe(64);
    expect(end.stderr).toContain('no host is meant by "node0[1]"');
    expect(end.stderr).toContain('its Host lines name: node01, node02, node03');

    const good = await init(
      '--from-ssh-config',
      'node*',
      '--ssh-config',
      demo.sshConfigFile,
      '--out',
      'c.yaml',
    );
    expect(good.exitCode).toBe(0);
    expect(read(join(cwd, 'c.yaml'))).toEqual({
      nodes: ['node01', 'node02', 'node03'].map((name) => ({ name, address: '127.0.0.1', ssh: name })),
      ssh: { config: demo.sshConfigFile },
    });
    const logs = await runProgram(['logs', 'chainfire@node02', '-n', '1', '--config', join(cwd, 'c.yaml')]);
    expect(logs).toMatchObject({ exitCode: 0 });
    expect(logs.stdout).toContain('node02');
  });

  it('names the jump host beside the node', async () => {
    writeFileSync(join(cwd, 'sc'), 'Host far\n HostName 10.9.0.1\n ProxyJump ops@bastion:2222\n');
    const end = await init('--from-ssh-config', 'far', '--ssh-config', 'sc', '--out', '-');
    expect(end.stdout).toContain(
      '# ssh goes through ops@bastion:2222; the probes connect to the address from here.',
    );
    expect(parse(end.stdout)).toMatchObject({ nodes: [{ name: 'far', address: '10.9.0.1', ssh: 'far' }] });
  });
});

describe('on a terminal', () => {
  const ask = (...args: string[]) => launch({ args: ['init', ...args], cwd, env: env() });

  it('asks what no flag says, again until it can be used', async () => {
    const session = ask();
    await session.until(/Nodes, by name or name=address/);
    session.press('node01 -x', 'enter');
    await session.until(/node 2: "-x" is not a node name/);
    session.press('node01 node02=10.0.0.12', 'enter');
    await session.until(/Name of the cluster/);
    session.press('prod', 'enter');
    await session.until(/Authority of the certificates/);
    session.press('absent.pem', 'enter');
    await session.until(/There is no .*absent\.pem/);
    session.press('enter');
    await session.until(/User on the nodes/);
    session.press('ops', 'enter');
    await session.until(/Only watch/);
    session.press('y', 'enter');
    await session.until(/next: plasmatop doctor/);
    expect(await session.exited).toMatchObject({ code: 0 });
    expect(read(home())).toEqual({
      cluster: 'prod',
      nodes: ['node01', { name: 'node02', address: '10.0.0.12' }],
      ssh: { user: 'ops' },
      readOnly: true,
    });
    session.dispose();
  });

  it('asks nothing with --yes', async () => {
    const session = ask('node01', '--yes');
    await session.until(/next: plasmatop doctor/);
    expect(await session.exited).toMatchObject({ code: 0 });
    session.dispose();
  });

  it('writes nothing when it is broken off', async () => {
    const session = ask('node01');
    await session.until(/Name of the cluster/);
    session.press('ctrl-c');
    expect(await session.exited).toMatchObject({ code: 130 });
    expect(existsSync(home())).toBe(false);
    session.dispose();
  });
});
