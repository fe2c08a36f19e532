/** `plasmatop doctor` by the built program, with the real ssh client, against embedded clusters that are well or not. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch } from './driver.ts';
import { socketDirectoriesOf, sshClientsOf } from './processes.ts';
import { type Variant, variantOf } from './variant.ts';

/** The shape in docs/doctor.md; strict, so that nothing else is told. */
const finding = z.strictObject({
  check: z.string(),
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  words: z.string().min(1),
  ms: z.number().optional(),
  remedy: z.string().min(1).optional(),
});
const report = z.strictObject({
  schema: z.literal(1),
  cluster: z.string(),
  verdict: z.enum(['ok', 'warning', 'failed']),
  here: z.array(finding),
  nodes: z.array(z.strictObject({ name: z.string(), findings: z.array(finding) })),
});
type Report = z.infer<typeof report>;

const variants: Variant[] = [];
afterEach(() => {
  for (const variant of variants.splice(0)) variant.remove();
});
const spoilt = (...args: Parameters<typeof variantOf>): string => {
  const variant = variantOf(...args);
  variants.push(variant);
  return variant.configFile;
};

const examine = async (configFile: string, ...args: readonly string[]) => {
  const end = await runProgram(['doctor', '--json', '--config', configFile, ...args]);
  return { exitCode: end.exitCode, told: report.parse(JSON.parse(end.stdout)), stderr: end.stderr };
};

const of = ({ nodes }: Report, node: string) => nodes.find(({ name }) => name === node)?.findings ?? [];
const states = (told: Report, node: string) =>
  Object.fromEntries(of(told, node).map(({ check, state }) => [check, state]));
const one = (told: Report, node: string, check: string) => {
  const found = of(told, node).find((each) => each.check === check);
  if (found === undefined) throw new Error(`nothing about ${check} of ${node}: ${JSON.stringify(told)}`);
  return found;
};

const WELL = {
  ...{ name: 'ok', ssh: 'ok', key: 'ok', 'host key': 'ok', systemd: 'ok', units: 'ok', clock: 'ok' },
  ...{ sudo: 'ok', journal: 'ok', signals: 'ok', chainfire: 'ok', flashdns: 'ok', k8shost: 'ok' },
};

describe('a cluster that is well', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startDemoCluster();
  });
  afterAll(() => demo.stop());

  it('is found so, with the key, the host key and the certificates named', async () => {
    const { exitCode, told, stderr } = await examine(demo.configFile);
    expect({ exitCode, stderr, verdict: told.verdict }).toEqual({ exitCode: 0, stderr: '', verdict: 'ok' });
    expect(told.nodes.map(({ name }) => name)).toEqual(['node01', 'node02', 'node03']);
    for (const { name } of told.nodes) expect(states(told, name)).toMatchObject(WELL);
    expect(one(told, 'node02', 'ssh').words).toMatch(/^ops@127\.0\.0\.1:\d+$/);
    expect(one(told, 'node02', 'key').words).toMatch(/^ED25519 SHA256:\S+ of \S+\/id_ed25519$/);
    expect(one(told, 'node02', 'host key').words).toMatch(
      /^ssh-ed25519 SHA256:\S+, known from \S+known_hosts:2$/,
    );
    expect(one(told, 'node02', 'chainfire').words).toMatch(
      /^health, port \d+, certificate for \d{2,} more days$/,
    );
    expect(told.here.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'config',
        'node.js',
        'ssh client',
        'known hosts',
        'audit',
        'sockets',
        'terminal',
      ]),
    );
    expect(await demo.audit()).toEqual([]);
  });

  it('is told in the order of the configuration, a line for each, within 80 columns', async () => {
    const end = await runProgram([
      'doctor',
      '--config',
      demo.configFile,
      '--ascii',
      '--node',
      'node03',
      '--node',
      'node01',
    ]);
    expect(end.exitCode).toBe(0);
    expect(end.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(end.stdout.match(/^(?:here|node\d\d)$/gm)).toEqual(['here', 'node01', 'node03']);
    expect(end.stdout).toMatch(/^ {2}\+ signals +systemd-stdio-bridge sends them +[\d.]+ m?s$/m);
    expect(end.stdout).toMatch(/\n\d+ ok, 0 failed$/);
    expect(end.stdout).not.toMatch(/[^\x00-\x7f]/);
  });

  it('knows no other node', async () => {
    const end = await runProgram(['doctor', '--config', demo.configFile, '--node', 'nod02']);
    expect(end).toMatchObject({
      exitCode: 64,
      stderr: 'plasmatop: there is no node "nod02"\n  did you mean node02?',
    });
  });

  it('refuses a configuration that everybody may write to, as every command does', async () => {
    const file = spoilt(demo);
    chmodSync(file, 0o666);
    const end = await runProgram(['doctor', '--config', file]);
    expect(end).toMatchObject({ exitCode: 78, stdout: '' });
    expect(end.stderr).toContain(`chmod o-w ${file}`);
  });

  it('warns of a configuration that the own group may write to', async () => {
    const file = spoilt(demo);
    chmodSync(file, 0o664);
    const { exitCode, told } = await examine(file, '--node', 'node01');
    expect(exitCode).toBe(1);
    expect(told.here[0]).toMatchObject({ state: 'warning', remedy: `chmod go-w ${file}` });
  });

  it('says what to do about a host key that has changed, and asks the rest of the endpoints', async () => {
    const file = spoilt(demo, {
      knownHosts: (text) =>
        text.replace(/^node02 (\S+) \S+$/mu, (_, kind: string) => {
          const other = /^node01 \S+ (\S+)$/mu.exec(text)?.[1] ?? '';
          return `node02 ${kind} ${other}`;
        }),
    });
    const { exitCode, told } = await examine(file);
    expect(exitCode).toBe(2);
    expect(states(told, 'node02')).toMatchObject({ ssh: 'failed', 'host key': 'failed', chainfire: 'ok' });
    expect(states(told, 'node01')).toMatchObject(WELL);
    expect(one(told, 'node02', 'host key').remedy).toMatch(/ssh-keygen -f \S+known_hosts -R 'node02'/);
    expect(of(told, 'node02').map(({ check }) => check)).not.toContain('sudo');
  });

  it('says what to do about a host key that nobody knows', async () => {
    const file = spoilt(demo, { knownHosts: (text) => text.replace(/^node03 .*\n/mu, '') });
    const { told } = await examine(file, '--node', 'node03');
    expect(one(told, 'node03', 'host key')).toMatchObject({ state: 'failed' });
    expect(one(told, 'node03', 'host key').remedy).toMatch(/ssh -F \S+ssh_config node03/);
  });

  it('tells a name that nobody resolves, a port where nothing listens and a key that is not let in', async () => {
    const file = spoilt(demo, {
      config: (text) =>
        text
          .replace(/(- name: node01\n) {4}address: 127\.0\.0\.1/u, '$1    address: nowhere.invalid')
          .replace(/(- name: node02[\s\S]*?ports: \{ 2379: )\d+/u, '$11'),
      ssh: (text, directory) =>
        text.replace(
          /Host node03\n/u,
          `Host node03\n  IdentityFile "${directory}/absent"\n  PubkeyAuthentication no\n`,
        ),
    });
    const { exitCode, told } = await examine(file);
    expect(exitCode).toBe(2);
    expect(one(told, 'node01', 'name')).toMatchObject({
      state: 'failed',
      words: expect.stringMatching(/nowhere\.invalid is not known/) as unknown,
    });
    expect(one(told, 'node01', 'name').remedy).toContain('correct "address:" of node01');
    // What follows from it is not told for each endpoint again.
    expect(one(told, 'node01', 'endpoints').state).toBe('skipped');
    expect(of(told, 'node01').map(({ check }) => check)).not.toContain('chainfire');
    expect(one(told, 'node01', 'ssh').state).toBe('ok');
    expect(one(told, 'node02', 'chainfire')).toMatchObject({
      state: 'failed',
      remedy: expect.stringContaining('nothing listens there') as unknown,
    });
    expect(one(told, 'node03', 'ssh')).toMatchObject({
      state: 'failed',
      remedy: expect.stringMatching(/^give it the key: ssh-copy-id -F/) as unknown,
    });
  });

  it('finds no authority, no place for the audit and no ssh where the configuration has none', async () => {
    const file = spoilt(demo, {
      config: (text) =>
        text
          .replace(/tls: \{ ca: \S+ /u, 'tls: { ')
          .replace(/audit: .*/u, 'audit: { file: /dev/null/audit.jsonl }')
          .replace('ssh: node01', 'ssh: false'),
    });
    const { told } = await examine(file, '--node', 'node01');
    expect(one(told, 'node01', 'chainfire')).toMatchObject({
      state: 'failed',
      remedy: expect.stringContaining('tls.ca') as unknown,
    });
    expect(one(told, 'node01', 'ssh')).toMatchObject({
      state: 'ok',
      words: 'not used: watched by its endpoints alone',
    });
    expect(told.here.find(({ check }) => check === 'audit')).toMatchObject({ state: 'failed' });
  });

  it('is looked at on a terminal, and leaves nothing behind when it is broken off', async () => {
    const session = launch({ args: ['doctor', '--config', demo.configFile] });
    await session.until(/terminal +80x24, xterm-256color/);
    session.press('ctrl-c');
    expect(await session.exited).toMatchObject({ code: 130 });
    expect(await sshClientsOf(session.pid)).toEqual([]);
    expect(await socketDirectoriesOf(session.pid)).toEqual([]);
    session.dispose();
  });

  it('refuses a configuration that is wrong, as every command does', async () => {
    const file = spoilt(demo, { config: (text) => `${text}nodez: []\n` });
    const end = await runProgram(['doctor', '--config', file]);
    expect(end).toMatchObject({ exitCode: 78, stdout: '' });
    expect(end.stderr).toContain('did you mean nodes?');
  });
});

describe('a cluster that is not', () => {
  const inScenario = async (scenario: string, look: (demo: DemoCluster) => Promise<void>): Promise<void> => {
    const demo = await startDemoCluster('--scenario', scenario);
    try {
      await look(demo);
    } finally {
      await demo.stop();
    }
  };

  it('has rights missing, and is told which', async () => {
    await inScenario('no-sudo', async (demo) => {
      const { exitCode, told } = await examine(demo.configFile);
      expect(exitCode).toBe(2);
      expect(one(told, 'node01', 'sudo').state).toBe('ok');
      expect(one(told, 'node02', 'sudo')).toMatchObject({
        state: 'failed',
        remedy: expect.stringContaining('docs/rights.md') as unknown,
      });
      expect(one(told, 'node03', 'sudo')).toMatchObject({
        state: 'warning',
        words: expect.stringMatching(/^sudo: restart/) as unknown,
      });
      // Who acts on nothing needs no rights.
      const looking = await examine(demo.configFile, '--read-only', '--node', 'node02');
      expect(one(looking.told, 'node02', 'rights')).toMatchObject({ state: 'ok' });
    });
  });

  it('has unit files that say something else than the topology', async () => {
    await inScenario('drift', async (demo) => {
      let drift: string | undefined;
      await expect
        .poll(async () => {
          const { told } = await examine(demo.configFile, '--node', 'node02');
          drift = of(told, 'node02').find(({ check }) => check === 'drift')?.words;
          return drift;
        })
        .toMatch(/not in the topology|missing/);
    });
  });

  it('has certificates that end', async () => {
    await inScenario('cert-expiry', async (demo) => {
      let told: Report | undefined;
      await expect
        .poll(async () => {
          ({ told } = await examine(demo.configFile));
          return told.nodes.flatMap(({ findings }) => findings.map(({ state }) => state));
        })
        .toEqual(expect.arrayContaining(['failed', 'warning']));
      const all = told?.nodes.flatMap(({ findings }) => findings) ?? [];
      expect(all.find(({ state }) => state === 'failed')?.words).toContain('certificate expired');
      expect(all.find(({ state }) => state === 'failed')?.remedy).toContain('renew the certificate');
      expect(all.find(({ state }) => state === 'warning')?.words).toMatch(/certificate for \d more days/);
    });
  });
});

it('names a unit that is masked or not there, with the command', async () => {
  const demo = await startDemoCluster();
  try {
    const topology = join(demo.configFile, '..', 'other.yaml');
    writeFileSync(
      topology,
      [
        'name: other',
        'title: Other',
        'levels: [{ number: 1, title: Base, description: base }]',
        'services:',
        '  - { name: chainfire, title: A, level: 1, purpose: here, unit: chainfire.service, type: notify, start: 1s }',
        '  - { name: absent, title: B, level: 1, purpose: not here, unit: absent.service, type: notify, start: 1s }',
        '',
      ].join('\n'),
    );
    const file = spoilt(demo, {
      config: (text) =>
        text.replace(/^topology: .*$/mu, `topology: ${topology}`).replace(/^ {4}ports: .*\n/gmu, ''),
    });
    const { exitCode, told } = await examine(file, '--node', 'node01');
    expect(exitCode).toBe(2);
    expect(one(told, 'node01', 'units')).toMatchObject({
      state: 'failed',
      words: 'not there: absent.service',
    });
  } finally {
    await demo.stop();
  }
});
