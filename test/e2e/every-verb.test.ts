/**
 * Every verb against every reason for which nothing may reach the node, by the built program with a real ssh; then each
 * runs, so that what was refused was refused for that reason alone. Read-only is tried in read-only.test.ts.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from '../../src/actions/verbs.ts';
import type { Verb } from '../../src/core/model/action.ts';
import { SYSTEMCTL_WORDS } from '../../src/core/rights.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, type ProgramEnd, runProgram, startQuickCluster } from './demo-cluster.ts';
import { repository } from './driver.ts';
import { patient, type Variant, variantOf } from './variant.ts';

const VERBS = Object.keys(verbs) as Verb[];
/** Each has something to do while chainfire has failed on two nodes, for as long as nothing else has run. */
const WORDS: Readonly<Record<Verb, readonly [target: string, ...flags: string[]]>> = {
  restart: ['fiberlb@node02', '--yes'],
  stop: ['novanet@node02', '--confirm', 'novanet'],
  start: ['novanet@node01', '--yes'],
  'reset-failed': ['chainfire@node03', '--yes'],
  rerun: ['chainfire@node02', '--yes'],
  'bring-up': ['node01', '--yes'],
};
/** In which each leaves the next something to do. */
const ORDER: readonly Verb[] = ['rerun', 'reset-failed', 'start', 'bring-up', 'restart', 'stop'];

const TESTS_MS = 120_000;

/** One after the other: at once they would keep each other from being seen in time. */
const forEachVerb = async (run: (verb: Verb) => Promise<void>): Promise<void> => {
  for (const verb of VERBS) await run(verb);
};

/** What is down is known at the first look, which may take its time: nothing of what is refused has to last. */
const atOnce = (text: string): string =>
  text.replace('interval: 1s, timeout: 950ms', 'interval: 2s, fall: 1');

describe('every verb', () => {
  let cluster: DemoCluster;
  const variants: Variant[] = [];
  beforeAll(async () => {
    cluster = await startQuickCluster('--scenario', 'quorum-loss', '--speed', '20');
    for (const node of ['node02', 'node03']) {
      await waitFor(
        async () => expect((await cluster.ssh(node, 'systemctl is-failed chainfire')).output).toBe('failed'),
        60_000,
      );
    }
    expect((await cluster.ssh('node01', 'sudo -n systemctl stop novanet k8shost')).exitCode).toBe(0);
  }, TESTS_MS);
  afterAll(async () => {
    for (const { remove } of variants) remove();
    await cluster?.stop();
  });

  const variant = ({ config, ...edits }: NonNullable<Parameters<typeof variantOf>[1]>): Variant => {
    const made = variantOf(cluster, {
      ...edits,
      config: (text, directory) => patient(config?.(text, directory) ?? text, directory),
    });
    variants.push(made);
    return made;
  };
  const act = (verb: Verb, configFile: string, ...flags: readonly string[]): Promise<ProgramEnd> =>
    runProgram([verb, ...WORDS[verb], '--config', configFile, ...flags]);

  /** What sudo ran on the nodes for anybody, but for its questions and looks at the journal. */
  const acts = async (): Promise<readonly string[]> => {
    const said = await Promise.all(
      ['node01', 'node02', 'node03'].map((node) => cluster.ssh(node, 'journalctl -t sudo -n 1000 -o cat')),
    );
    return said
      .flatMap(({ output }) => output.split('\n'))
      .filter(
        (line) => /COMMAND=\/usr\/bin\/systemctl/u.test(line) && !line.includes('a password is required'),
      );
  };

  /** Each node has the key of the next. */
  const swapped = (text: string): string =>
    text.replace(/^node0(\d) /gmu, (_, number: string) => `node0${(Number(number) % 3) + 1} `);
  const elsewhere = (text: string, directory: string): string => {
    const known = readFileSync(join(repository, 'src/topology/plasmacloud.yaml'), 'utf8');
    const gone = known.replace(/\b(?:fiberlb|novanet|chainfire|k8shost)\.service\b/gu, 'gone-$&');
    writeFileSync(join(directory, 'gone.yaml'), gone);
    return `${text.replace(/^topology:.*\n/mu, '')}topology: gone.yaml\n`;
  };

  const FAULTS: readonly {
    readonly why: string;
    readonly edits: NonNullable<Parameters<typeof variantOf>[1]>;
    readonly says: RegExp;
  }[] = [
    {
      why: 'the host key is another than before',
      edits: { knownHosts: swapped },
      says: /^refused: .*no ssh to node0[123]: .*host key.*nothing was sent$/imu,
    },
    {
      why: 'the audit cannot be written',
      edits: { config: (text) => text.replace(/^audit:.*$/mu, 'audit: { file: /dev/full }') },
      says: /^refused.*: nothing ran: .*no space left on device/mu,
    },
    {
      why: 'the node does not know the unit',
      edits: { config: elsewhere },
      says: /^refused: .*(?:gone\S* does not exist|nothing to start) on node0[123].*nothing was sent$/mu,
    },
  ];

  it.each(FAULTS)(
    'is refused where $why',
    async ({ edits, says }) => {
      const before = await acts();
      const { configFile } = variant({
        ...edits,
        config: (text, directory) => atOnce(edits.config?.(text, directory) ?? text),
      });
      await forEachVerb(async (verb) => {
        const { exitCode, stdout, stderr } = await act(verb, configFile);
        expect({ verb, stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(says) as unknown });
        expect({ verb, exitCode }).toEqual({ verb, exitCode: 2 });
      });
      expect(await acts()).toEqual(before);
    },
    TESTS_MS,
  );

  it(
    'reaches the node with its very command where nothing speaks against it, and is in the audit twice',
    async () => {
      const { configFile, auditFile } = variant({});
      for (const verb of ORDER) {
        const { exitCode, stdout } = await act(verb, configFile);
        expect({ verb, exitCode, stdout }).toMatchObject({ exitCode: 0 });
        const commands = (await acts()).map((line) => line.replace(/^.*COMMAND=\/usr\/bin\//u, ''));
        expect(
          commands.some((command) => command.startsWith(`systemctl ${SYSTEMCTL_WORDS[verb].join(' ')} -- `)),
        ).toBe(true);
      }
      const records = readFileSync(auditFile, 'utf8').trim().split('\n');
      const told = records.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      expect(told.map(({ verb, phase }) => `${verb} ${phase}`)).toEqual(
        ORDER.flatMap((verb) => [`${verb} intent`, `${verb} outcome`]),
      );
    },
    TESTS_MS,
  );

  it(
    'of two at once on one unit both are told by what became of it',
    async () => {
      const { configFile, auditFile } = variant({});
      const ends = await Promise.all([act('restart', configFile), act('restart', configFile)]);
      // One that begins while systemd is still at the other's job sends nothing, and says what for.
      const [sent, held] = [
        ends.filter(({ exitCode }) => exitCode === 0),
        ends.filter(({ exitCode }) => exitCode !== 0),
      ];
      expect(sent).not.toEqual([]);
      for (const { stdout, exitCode } of held) {
        expect({ stdout, exitCode }).toMatchObject({
          exitCode: 2,
          stdout: expect.stringMatching(
            /fiberlb.*on node02: wait for its end; nothing was sent$/m,
          ) as unknown,
        });
      }
      const records = readFileSync(auditFile, 'utf8').trim().split('\n');
      const told = records.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      expect(told.filter(({ phase }) => phase === 'intent')).toHaveLength(sent.length);
      expect(told.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(sent.length);
      expect((await cluster.ssh('node02', 'systemctl is-active fiberlb')).output).toBe('active');
    },
    TESTS_MS,
  );
});

describe('every verb that sudo does not allow', () => {
  it(
    'is refused before it is sent, and by sudo where nobody asked beforehand',
    async () => {
      const cluster = await startQuickCluster('--scenario', 'no-sudo');
      const asked = variantOf(cluster, { config: atOnce });
      const unasked = variantOf(cluster, {
        config: (text) => text.replace('sudo: true }', 'sudo: true, checkRights: false }'),
      });
      try {
        await cluster.ssh('node01', 'sudo -n systemctl stop novanet');
        await forEachVerb(async (verb) => {
          const target = verb === 'bring-up' ? 'node02' : 'fiberlb@node02';
          const { exitCode, stdout } = await runProgram([
            ...[verb, target, '--confirm', 'fiberlb', '--config', asked.configFile],
          ]);
          const command = `sudo -n systemctl ${SYSTEMCTL_WORDS[verb].join(' ')} -- `;
          expect({ verb, stdout }).toMatchObject({
            stdout: expect.stringContaining(`no right to \`${command}`) as unknown,
          });
          expect({ verb, exitCode }).toEqual({ verb, exitCode: 2 });
        });
        expect(existsSync(asked.auditFile)).toBe(false);
        const tried = await runProgram([
          'stop',
          'fiberlb@node02',
          '--confirm',
          'fiberlb',
          '--config',
          unasked.configFile,
        ]);
        expect(tried.stdout).toMatch(/^failed .*a password is required – allow it in sudoers: NOPASSWD/mu);
        expect(tried.exitCode).toBe(1);
        expect((await cluster.ssh('node02', 'systemctl is-active fiberlb')).output).toBe('active');
      } finally {
        asked.remove();
        unasked.remove();
        await cluster.stop();
      }
    },
    TESTS_MS,
  );
});
