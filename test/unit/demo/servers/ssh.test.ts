/** The demo's ssh servers, reached with the system's own OpenSSH client. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../../helpers/wait-for.ts';
import { ssh, startTestDemo } from '../demos.ts';
import { stateOf } from '../worlds.ts';

test('runs what an operator types, with exit codes and both outputs', async () => {
  const demo = await startTestDemo();
  expect(await ssh(demo, ['node01', 'hostname; nosuch'])).toEqual({
    code: 127,
    out: 'node01\n',
    err: 'sh: 1: nosuch: not found\n',
  });
  expect(
    await ssh(demo, ['node02', '--', 'systemctl', 'show', '-p', 'Id,ActiveState', '--', 'iam.service']),
  ).toEqual({
    code: 0,
    out: 'Id=iam.service\nActiveState=active\n',
    err: '',
  });
  expect(await ssh(demo, ['node03', 'sudo -n systemctl restart nosuch'])).toMatchObject({ code: 5 });
});

test('a restart returns when its job is done, while dependents are still starting', async () => {
  const demo = await startTestDemo();
  const ran = ssh(demo, [
    'node02',
    'sudo -n systemctl restart -- chainfire.service && systemctl is-active flaredb',
  ]);
  const { world } = demo;
  await waitFor(() => expect(world.node('node02')?.manager?.jobs()).not.toEqual([]));
  demo.advanceTo(world.nowMs + 5000);
  expect(stateOf(world, 'node02', 'chainfire.service')).toBe('activating/start');
  demo.advanceTo(world.nowMs + 7000);
  expect(await ran).toEqual({ code: 3, out: 'activating\n', err: '' });
  demo.advanceTo(world.nowMs + 40_000);
  expect(stateOf(world, 'node02', 'iam-initial-setup.service')).toBe('active/exited');
});

test('a long output arrives whole before the exit code', async () => {
  const demo = await startTestDemo();
  const manager = demo.world.node('node01')?.manager;
  for (const service of demo.world.topology.services) {
    for (let line = 0; line < 300; line += 1)
      manager?.log(service.unit, 6, `${'x'.repeat(500)} ${line}`, demo.world.nowMs);
  }
  const { out, code } = await ssh(demo, ['node01', 'journalctl -o cat; false']);
  expect(code).toBe(1);
  expect(out.length).toBeGreaterThan(1_300_000);
  expect(out.endsWith(' 299\n')).toBe(true);
});

test('many sessions share one connection', async () => {
  const demo = await startTestDemo();
  const control = ['-o', `ControlPath=${join(demo.directory, 'cm')}`];
  const master = spawn('ssh', ['-F', demo.sshConfigFile, '-M', '-N', ...control, 'node01'], {
    stdio: 'ignore',
  });
  onTestFinished(() => void master.kill());
  const client = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false', ...control, 'node01'];
  await waitFor(async () => expect((await ssh(demo, [...client, 'true'])).code).toBe(0));
  const replies = await Promise.all(
    ['1', '2', '3', '4', '5', '6'].map((word) => ssh(demo, [...client, `echo ${word}`])),
  );
  expect(replies.map(({ out }) => out)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n', '6\n']);
});

test('journalctl -f streams until the client leaves', async () => {
  const demo = await startTestDemo();
  const child = spawn('ssh', ['-F', demo.sshConfigFile, 'node01', 'journalctl -f -n 1 -o cat -u fiberlb']);
  onTestFinished(() => void child.kill());
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await waitFor(() => expect(out).toContain('Started fiberlb.service'));
  demo.world.request('node01', 'restart', 'fiberlb.service');
  demo.advanceTo(20_000);
  await waitFor(() => expect(out).toContain('Stopping fiberlb.service'));
  expect(child.exitCode).toBeNull();
});

test('a client notices that a node is gone only because it stops answering', async () => {
  const demo = await startTestDemo({ scenario: 'node-loss' });
  const alive = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1', '-o', 'LogLevel=INFO'];
  const child = spawn('ssh', ['-F', demo.sshConfigFile, ...alive, 'node02', 'journalctl -f -u iam -o cat']);
  onTestFinished(() => void child.kill());
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await waitFor(() => expect(out).toContain('listening'));
  demo.advanceTo(10_000);
  await waitFor(() => expect(child.exitCode).toBe(255));
  expect(err).toContain('not responding');
});

test('only the key of the demo may log in, and the host key is checked', async () => {
  const [demo, other] = await Promise.all([startTestDemo(), startTestDemo()]);
  const config = await readFile(demo.sshConfigFile, 'utf8');
  const stranger = join(demo.directory, 'stranger_config');
  await writeFile(stranger, config.replace(join(demo.directory, 'id_'), join(other.directory, 'id_')));
  const refused = await ssh({ ...demo, sshConfigFile: stranger }, ['node01', 'true']);
  expect(refused.code).toBe(255);
  expect(refused.err).toContain('Permission denied (publickey)');
  const unknown = await ssh(demo, [
    '-o',
    `UserKnownHostsFile=${join(other.directory, 'known_hosts')}`,
    'node01',
    'true',
  ]);
  expect(unknown.code).toBe(255);
  expect(unknown.err).toContain('HOST IDENTIFICATION HAS CHANGED');
});

test('a login without a terminal runs the lines of its input', async () => {
  const demo = await startTestDemo();
  expect(await ssh(demo, ['node01'], 'hostname\nsystemctl is-active iam\nfalse\n')).toEqual({
    code: 1,
    out: 'node01\nactive\n',
    err: '',
  });
  expect(await ssh(demo, ['node01'], 'exit 9\nhostname\n')).toMatchObject({ code: 9, out: '' });
});

test('a login with a terminal greets, prompts and echoes', async () => {
  const demo = await startTestDemo();
  const { out, code } = await ssh(demo, ['-tt', 'node01'], 'hostnamf\x7fe\rhelp\rexit 4\r');
  expect(code).toBe(4);
  expect(out).toContain('simulated node');
  expect(out).toContain('ops@node01:~$ hostnamf\b \be\r\nnode01\r\n');
  expect(out).toContain('journalctl -u UNIT');
});

test('Ctrl-C ends a command of an interactive login, and the shell goes on', async () => {
  const demo = await startTestDemo();
  const child = spawn('ssh', ['-F', demo.sshConfigFile, '-tt', 'node01']);
  onTestFinished(() => void child.kill());
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stdin.write('journalctl -f -o cat -n 1 -u iam\r');
  await waitFor(() => expect(out).toContain('listening on :8080'));
  child.stdin.write('\x03');
  await waitFor(() => expect(out).toContain('^C'));
  child.stdin.write('hostname\rexit\r');
  await waitFor(() => expect(out).toContain('node01\r\n'));
  await waitFor(() => expect(child.exitCode).toBe(0));
});
