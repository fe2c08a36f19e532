/** Rolling restarts by key in the built program, with the real ssh client: one that goes through, one that is stuck. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const healthy = (text: string): boolean => /All 9 services on 3 nodes are healthy/.test(text);
const RESTART_MS = 120_000;

type AuditLine = Readonly<Record<string, unknown>>;

const ofPhase = (records: readonly AuditLine[], phase: string): readonly AuditLine[] =>
  records.filter((record) => record.phase === phase);

/** The row of a service leads to all its nodes: asks, and says yes. */
const roll = async (session: Session): Promise<void> => {
  await session.until(healthy);
  session.press('g', 'down', 'up');
  await session.until(/❯.*chainfire/);
  session.press('r');
  await session.until(/Restart chainfire on 3 nodes/);
};

/** The records once that of the end is among them: the screen tells of it first. */
const ended = async (cluster: DemoCluster): Promise<readonly AuditLine[]> => {
  for (;;) {
    const records = await cluster.audit();
    if (ofPhase(records, 'operation-end').length > 0) return records;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('a rolling restart', () => {
  let cluster: DemoCluster;
  let session: Session;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '20');
    session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('shows the order and every vote before it asks', async () => {
    await roll(session);
    const dialog = await session.until(/Go on\?/);
    expect(dialog).toMatch(/1 node02 follower {2}2 node03 follower {2}3 node01 leader, last/);
    expect(dialog).toMatch(/chainfire now 3\/3 · during 2\/3 holds/);
    session.press('enter');
    await session.until((now) => !now.includes('Restart chainfire on 3 nodes'));
    expect(await cluster.audit()).toEqual([]);
  });

  it(
    'goes through node by node, the leader last, and never loses the quorum',
    async () => {
      await roll(session);
      session.press('y');
      await session.until(/restart chainfire on 3 nodes +0 of 3/);
      session.press('4');
      const lost: string[] = [];
      await session.until((now) => {
        if (/lost its quorum/.test(now)) lost.push(now);
        return /3 of 3 done in/.test(now);
      }, RESTART_MS);
      expect(lost).toEqual([]);
      const records = await ended(cluster);
      expect(ofPhase(records, 'intent').map(({ target, step }) => [target, step])).toEqual([
        ['chainfire@node02', 'step 1 of 3'],
        ['chainfire@node03', 'step 2 of 3'],
        ['chainfire@node01', 'step 3 of 3'],
      ]);
      expect(ofPhase(records, 'outcome').map(({ outcome }) => outcome)).toEqual(
        Array.from({ length: 3 }, () => 'succeeded'),
      );
      // One after the other: each has ended before the next begins.
      expect(records.map(({ phase }) => phase)).toEqual([
        'operation-begin',
        ...Array.from({ length: 3 }, () => ['intent', 'outcome']).flat(),
        'operation-end',
      ]);
      const [begin] = ofPhase(records, 'operation-begin');
      expect(new Set(records.map(({ operation, id }) => operation ?? id))).toEqual(new Set([begin?.id]));
    },
    RESTART_MS + 30_000,
  );
});

describe('a rolling restart whose second node does not come back', () => {
  let cluster: DemoCluster;
  let session: Session;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '20', '--scenario', 'stuck-restart');
    session = launch({ args: ['--config', cluster.configFile], columns: 120, rows: 40 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it(
    'stops there, says what is done and what is not, and leaves the quorum held',
    async () => {
      await roll(session);
      session.press('y');
      await session.until(/restart chainfire on 3 nodes +0 of 3/);
      session.press('4');
      await session.until(/stopped: node03/, RESTART_MS);
      const records = await ended(cluster);
      expect(ofPhase(records, 'intent').map(({ target }) => target)).toEqual([
        'chainfire@node02',
        'chainfire@node03',
      ]);
      const [end] = ofPhase(records, 'operation-end');
      expect(end).toMatchObject({ outcome: 'stopped' });
      expect(end?.words).toMatch(/^stopped: node03: .+; done node02; not touched node01 \(leader\)$/);
      const text = await session.until(/node01 +· not touched/);
      expect(text).not.toContain('lost its quorum');
    },
    RESTART_MS + 30_000,
  );
});
