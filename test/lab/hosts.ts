/** The three hosts of the lab as a story sees them: through the back door, and from the console beside them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished } from 'vitest';
import { launch, program, type Session } from '../e2e/driver.ts';
import { labDirectory, labScript, ownLab } from './script.ts';

export const nodes = ['node01', 'node02', 'node03'] as const;
export type Node = (typeof nodes)[number];

/** What `status` and the screen say when nothing is wrong. */
export const healthy = /All 9 services on 3 nodes are healthy/;

const services = [
  ...['chainfire', 'chainfire-cluster-join', 'flaredb', 'flaredb-cluster-join', 'iam', 'iam-initial-setup'],
  ...['plasmavmc', 'novanet', 'flashdns', 'fiberlb', 'lightningstor', 'k8shost', 'cluster-health-check'],
].map((name) => `${name}.service`);

/** A dialog without frame and line breaks. */
export const plain = (text: string): string => text.replace(/[│\s]+/g, ' ');

/** Breaks or mends something: a command of the lab. */
export const lab = async (...words: readonly string[]): Promise<string> =>
  (await execa(labScript, words, { stdin: 'ignore', env: ownLab(), timeout: 60_000 })).stdout;

/** Root on the host itself, by no network; what it says, whatever its exit code. */
export const onHost = async (node: Node, ...command: readonly string[]): Promise<string> => {
  const end = await execa(labScript, ['exec', node, ...command], {
    stdin: 'ignore',
    env: ownLab(),
    reject: false,
    timeout: 60_000,
  });
  return end.stdout.trim();
};

/** One property of a unit, as systemd on the host has it. */
export const shown = (node: Node, unit: string, property: string): Promise<string> =>
  onHost(node, 'systemctl', 'show', '-P', property, '--', `${unit}.service`);

/** The states of the services of a host, each once: only `active` when all are up. */
const statesOn = async (node: Node): Promise<readonly string[]> => [
  ...new Set(
    (await onHost(node, 'systemctl', 'show', '-P', 'ActiveState', '--', ...services))
      .split('\n')
      .filter(Boolean),
  ),
];

/** Until systemd on the host calls every service active: one of Type=notify answers before it says that it is ready. */
export const allActiveOn = (node: Node): Promise<void> =>
  expect.poll(() => statesOn(node), { timeout: 60_000, interval: 200 }).toEqual(['active']);

/** What a service, an instance or a node is said to be. */
type Standing = Readonly<Record<string, unknown>>;
export type Told = {
  readonly verdict: string;
  readonly headline: { readonly sentence: string; readonly cause?: string };
  readonly counts: Readonly<Record<string, number>>;
  readonly services: readonly Standing[];
  readonly instances: readonly Standing[];
  readonly nodes: readonly Standing[];
};
export type AuditLine = Readonly<Record<string, unknown>>;

export type Desk = {
  /** The built console in a terminal; it is left in order when the story ends. */
  readonly open: (columns?: number, rows?: number) => Promise<Session>;
  /** The same under a shell, whose terminal goes on when the console is killed. */
  readonly openUnderShell: () => Promise<Session>;
  /** `plasmatop status --json`. */
  readonly status: () => Promise<Told>;
  /** The lines of the audit file, of this story alone. */
  readonly audit: () => readonly AuditLine[];
};

type DeskOptions = {
  /** `viewer` may look and do nothing. */
  readonly as?: 'ops' | 'viewer';
  /** The section `poll` of the configuration. */
  readonly poll?: string;
};

/** The operator's place beside the hosts, with an audit file of its own. */
export const desk = ({ as = 'ops', poll = '' }: DeskOptions = {}): Desk => {
  const directory = mkdtempSync(join(tmpdir(), 'plasmatop-story-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const auditFile = join(directory, 'audit.jsonl');
  const configFile = join(directory, 'plasmatop.yaml');
  const template = readFileSync(
    join(labDirectory(), as === 'ops' ? 'plasmatop.yaml' : 'viewer.yaml'),
    'utf8',
  );
  const audited = template.replace(/^audit: .*$/m, `audit: { file: ${auditFile} }`);
  writeFileSync(configFile, `${audited}${poll === '' ? '' : `poll: ${poll}\n`}`);
  const console = [labScript, 'jump', process.execPath, program, '--config', configFile] as const;
  const begin = (
    command: readonly [string, ...string[]],
    [columns, rows]: readonly [number, number],
    leave: (session: Session) => Promise<unknown>,
  ): Session => {
    const session = launch({ args: [], command, columns, rows, env: ownLab() });
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`${session.text()}\n`);
      await leave(session);
      session.dispose();
    });
    return session;
  };
  return {
    open: async (columns = 100, rows = 36) =>
      begin(console, [columns, rows], (session) => {
        session.press('ctrl-c');
        return session.exited;
      }),
    openUnderShell: async () =>
      begin(['sh', '-c', '"$@"; read never', 'sh', ...console], [100, 36], async () => {}),
    status: async () => {
      const [file, ...args] = console;
      const end = await execa(file, [...args, 'status', '--json'], {
        stdin: 'ignore',
        env: ownLab(),
        reject: false,
        timeout: 60_000,
      });
      return JSON.parse(end.stdout) as Told;
    },
    audit: () => {
      try {
        const lines = readFileSync(auditFile, 'utf8').split('\n').filter(Boolean);
        return lines.map((line) => JSON.parse(line) as AuditLine);
      } catch {
        return [];
      }
    },
  };
};

/** Takes every fault away and waits until systemd on each host, and the console, find nothing wrong. */
export const calm = async (): Promise<void> => {
  await Promise.all(
    nodes.map(async (node) => {
      await lab('clear', node);
      await lab('on', node);
      const up = () => onHost(node, 'systemctl', 'is-system-running', '--wait');
      await expect.poll(up, { timeout: 60_000, interval: 200 }).toMatch(/running|degraded/);
      await onHost(node, 'sh', '-c', 'systemctl reset-failed; systemctl start multi-user.target');
      await allActiveOn(node);
    }),
  );
  await lab('trust');
};

/** Asks by key until it may be asked: what systemd says is not there from the first moment on. */
export const asked = async (session: Session, key: string, title: string): Promise<string> => {
  const ask = (): string => {
    if (!session.text().includes(title)) session.press(key);
    return session.text();
  };
  await expect.poll(ask, { timeout: 30_000, interval: 2000 }).toContain(title);
  return session.text();
};

/** `status --json` until its first sentence says so: a whole program at each look, so that the hosts get their turn between. */
export const statusSays = async (desk: Desk, sentence: RegExp): Promise<Told> => {
  let told: Told | undefined;
  const look = async (): Promise<string> => {
    told = await desk.status();
    return told.headline.sentence;
  };
  await expect.poll(look, { timeout: 60_000, interval: 500 }).toMatch(sentence);
  return told as Told;
};
