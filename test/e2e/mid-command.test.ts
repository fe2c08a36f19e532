/**
 * What comes between a command and its end, by the built program with a real ssh: the link is cut, the console is killed,
 * systemd has been asked too often. The clusters are slow, so that there is a middle to come into.
 */
import { existsSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, runProgram, startQuickCluster } from './demo-cluster.ts';
import { program } from './driver.ts';
import { journalOf } from './journal.ts';
import { patient, type Variant, variantOf, wireTo } from './variant.ts';

const TEST_MS = 180_000;

type Row = {
  readonly verb: 'restart' | 'start' | 'stop';
  readonly service: string;
  /** What its journal says once systemd is at it. */
  readonly begins: RegExp;
  readonly is: 'active' | 'inactive';
  /** How it ends when the link was cut, and when a later console found out. */
  readonly ended: RegExp;
  readonly found: RegExp;
};

/** A stop is over soon: it is of what takes others along, on a cluster that is slower still. */
const ROWS: Readonly<Record<Row['verb'], Row>> = {
  restart: {
    verb: 'restart',
    service: 'flashdns',
    begins: /Starting flashdns/u,
    is: 'active',
    ended: /^recovered in .*, though ssh was lost meanwhile$/u,
    found: /^found: restarted .* after the command, active since, healthy$/u,
  },
  start: {
    verb: 'start',
    service: 'fiberlb',
    begins: /Starting fiberlb/u,
    is: 'active',
    ended: /^up in .*, though ssh was lost meanwhile$/u,
    found: /^found: started .* after the command, active since, healthy$/u,
  },
  stop: {
    verb: 'stop',
    service: 'chainfire',
    begins: /Stopping iam/u,
    is: 'inactive',
    ended: /^stopped in .*; flaredb, iam and .* stopped with it$/u,
    found: /^found: stopped .* after the command$/u,
  },
};

describe('in the middle of a command', () => {
  let cluster: DemoCluster;
  let slower: DemoCluster;
  const cleanups: (() => unknown)[] = [];
  beforeAll(async () => {
    [cluster, slower] = await Promise.all([
      startQuickCluster('--speed', '0.7'),
      startQuickCluster('--speed', '0.2'),
    ]);
  }, TEST_MS);
  afterAll(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    await Promise.all([cluster?.stop(), slower?.stop()]);
  });

  const variant = (of: DemoCluster, edits?: Parameters<typeof variantOf>[1]): Variant => {
    const made = variantOf(of, { config: patient, ...edits });
    cleanups.push(made.remove);
    return made;
  };
  const recordsIn = (file: string): readonly Readonly<Record<string, unknown>>[] =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const stateOf = async (of: DemoCluster, node: string, service: string): Promise<string> =>
    (await of.ssh(node, `systemctl is-active ${service}`)).output.trim();

  const begin = (configFile: string, { verb, service }: Row, node: string) =>
    execa(
      process.execPath,
      [program, verb, `${service}@${node}`, '--confirm', service, '--config', configFile],
      { reject: false, stdin: 'ignore', timeout: TEST_MS },
    );

  /** Begins it until the node is at it: a machine with much else to do may be late for the looks before it. */
  const underWay = async (of: DemoCluster, configFile: string, row: Row, node: string) => {
    const journal = await journalOf(of, node);
    for (;;) {
      const acting = begin(configFile, row, node);
      const early = await Promise.race([journal.says(row.begins), acting]);
      if (early === undefined) return { acting };
      expect(early.stdout).toMatch(/nothing was sent/u);
    }
  };

  const forEachRow = async (run: (row: Row, of: DemoCluster) => Promise<void>): Promise<void> => {
    await Promise.all(
      [ROWS.restart, ROWS.start, ROWS.stop].map((row) => run(row, row.verb === 'stop' ? slower : cluster)),
    );
  };

  const readied = async ({ verb, service }: Row, of: DemoCluster, node: string): Promise<void> => {
    if (verb === 'start') await of.ssh(node, `sudo -n systemctl stop ${service}`);
  };

  it(
    'systemd has been asked too often: the restart says so, and a start forgets that first',
    async () => {
      const { configFile, auditFile } = variant(cluster);
      const { restart } = ROWS;
      const again = 'sudo -n systemctl stop flashdns; sudo -n systemctl start --no-block flashdns';
      const journal = await journalOf(cluster, 'node01');
      for (let asked = 1; asked <= 5; asked += 1) {
        expect((await cluster.ssh('node01', again)).exitCode).toBe(0);
        // A job that waits is no start yet: the next stop would only take it away.
        await journal.says(new RegExp(`(?:Starting flashdns[\\s\\S]*){${asked}}`, 'u'));
      }
      const refused = await begin(configFile, restart, 'node01');
      expect(refused.stdout).toMatch(/^failed .*exit 1: Job for flashdns\.service failed.*journalctl -u/mu);
      expect(refused.exitCode).toBe(1);
      expect(await stateOf(cluster, 'node01', 'flashdns')).toBe('failed');
      const started = await begin(configFile, { ...restart, verb: 'start' }, 'node01');
      expect(started.stdout).toMatch(/^succeeded .*up in/mu);
      expect(started.exitCode).toBe(0);
      expect(recordsIn(auditFile).map(({ verb, phase, outcome }) => [verb, phase, outcome])).toEqual([
        ['restart', 'intent', undefined],
        ['restart', 'outcome', 'failed'],
        ['start', 'intent', undefined],
        ['start', 'outcome', 'succeeded'],
      ]);
    },
    TEST_MS,
  );

  it(
    'the link is cut: what came of it is told from what is seen, and written down once',
    async () => {
      const node = 'node02';
      await forEachRow(async (row, of) => {
        await readied(row, of, node);
        const way = await wireTo(of, node);
        cleanups.push(way.close);
        const { configFile, auditFile } = variant(of, { ssh: way.edit });
        const { acting } = await underWay(of, configFile, row, node);
        let heard = '';
        acting.stdout.on('data', (chunk: Buffer) => {
          heard += chunk.toString();
        });
        way.cut();
        await waitFor(() => expect(heard).toContain('lost contact'), 60_000);
        way.cut(node);
        const { exitCode, stdout } = await acting;
        expect({ row, stdout, exitCode }).toMatchObject({ exitCode: 0 });
        const records = recordsIn(auditFile);
        expect(records).toMatchObject([
          { phase: 'intent', verb: row.verb },
          { phase: 'outcome', outcome: 'succeeded', words: expect.stringMatching(row.ended) as unknown },
        ]);
        // Nobody knows what it ended with.
        expect(records[1]).not.toHaveProperty('exitCode');
        expect({ row, is: await stateOf(of, node, row.service) }).toEqual({ row, is: row.is });
      });
    },
    TEST_MS,
  );

  it(
    'the console is killed: a later one finds out, and writes it down once',
    async () => {
      const node = 'node03';
      await forEachRow(async (row, of) => {
        await readied(row, of, node);
        const { configFile, auditFile } = variant(of);
        const { acting } = await underWay(of, configFile, row, node);
        acting.kill('SIGKILL');
        await acting;
        expect(recordsIn(auditFile)).toMatchObject([{ phase: 'intent', verb: row.verb }]);
        await waitFor(async () => {
          await runProgram(['audit', '--open', '--config', configFile]);
          expect(recordsIn(auditFile)).toHaveLength(2);
        }, 120_000);
        const [intent, outcome] = recordsIn(auditFile);
        expect(outcome).toMatchObject({
          ...{ id: intent?.id, phase: 'outcome', outcome: 'succeeded', resolved: true },
          words: expect.stringMatching(row.found) as unknown,
        });
        expect({ row, is: await stateOf(of, node, row.service) }).toEqual({ row, is: row.is });
      });
    },
    TEST_MS,
  );
});
