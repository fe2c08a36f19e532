import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../src/core/model/operation.ts';
import '../../../helpers/property-seed.ts';
import { type Rolling, rolling } from './rolling.ts';

const states = ({ told }: Rolling): readonly string[] => told.map(({ state }) => state);
const until = async (cluster: Rolling, holds: (operation: Operation) => boolean): Promise<Operation> => {
  for (;;) {
    const found = cluster.told.findLast(holds);
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('a rolling restart', () => {
  it('goes one after the other, the leader last, and says how long it took', async () => {
    const cluster = rolling({ nodes: 3 });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(cluster.restarted).toEqual(['node02', 'node03', 'node01']);
    expect(ended.state).toBe('done');
    expect(ended.words).toMatch(/^3 of 3 done in 0:\d\d$/u);
    expect(cluster.operations.running()).toEqual([]);
  });

  it('looks the leader up again before each step, and tells where it went', async () => {
    const cluster = rolling({
      nodes: 3,
      // The first restart moves the leadership to the one that would be next.
      onRestart: () => moves.push('restart'),
      elect: (up, before) => {
        if (moves.length === 1 && up.includes('node03')) return 'node03';
        return before !== undefined && up.includes(before) ? before : up[0];
      },
    });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(cluster.restarted).toEqual(['node02', 'node01', 'node03']);
    const last = ended.steps[2];
    expect(last).toMatchObject({ role: 'leader', note: 'leader moved to node01' });
  });
  const moves: string[] = [];

  it('stops at the first that does not come back, and says what is done and what is not', async () => {
    const cluster = rolling({
      nodes: 3,
      outcome: (node) => (node === 'node03' ? 'not-healthy' : 'succeeded'),
    });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(cluster.restarted).toEqual(['node02', 'node03']);
    expect(ended.state).toBe('stopped');
    expect(ended.words).toBe(
      'stopped: node03: restarted, but not healthy after 30 s: down, refused; done node02; not touched node01 (leader)',
    );
    expect(ended.steps.map(({ state }) => state)).toEqual(['ended', 'ended', 'skipped']);
  });

  it('goes on with a group that is split and stays so', async () => {
    const cluster = rolling({ nodes: 3, rivals: ['node01', 'node03'] });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(cluster.world.cluster().instances.get('chainfire@node03')?.split).toBe('two-leaders');
    expect(ended.words).toMatch(/^3 of 3 done in /u);
    expect([...cluster.restarted].toSorted()).toEqual(['node01', 'node02', 'node03']);
  });

  it('waits at the gate until the votes are there again', async () => {
    const atSecond: number[] = [];
    let looks = 0;
    const flapping = rolling({
      nodes: 3,
      // It answered, and is gone again for a while before the next one may go.
      onLook: ({ restarted, down }) => {
        if (restarted.length !== 1) return;
        looks += 1;
        if (looks === 4) down.add('node02');
        if (looks === 8) down.delete('node02');
      },
      onRestart: (node) => node === 'node03' && atSecond.push(flapping.votes()),
    });
    const ended = await flapping.operations.execute(flapping.plan());
    expect(atSecond).toEqual([3]);
    expect(ended.state).toBe('done');
    expect(states(flapping)).toContain('gate');
  });

  it('stops when what it waits for does not come in time', async () => {
    let looks = 0;
    const cluster = rolling({
      nodes: 3,
      onLook: ({ restarted, down }) => {
        looks += restarted.length;
        if (looks === 4) down.add('node02');
      },
    });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(ended.words).toBe(
      'stopped after 2 m of waiting for quorum 3/3: chainfire has 2; done node02; not touched node03, node01 (leader)',
    );
    expect(cluster.restarted).toEqual(['node02']);
  });

  it('begins with nothing while its first step would be refused, and writes no record', async () => {
    const cluster = rolling({ nodes: 3, refuses: ['read-only: nothing is changed from this console'] });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(ended).toMatchObject({
      state: 'stopped',
      words: 'nothing ran: read-only: nothing is changed from this console',
    });
    expect(cluster.restarted).toEqual([]);
    expect(cluster.records).toEqual([]);
  });

  it('has records of its own before and after its steps', async () => {
    const cluster = rolling({ nodes: 3 });
    const ended = await cluster.operations.execute(cluster.plan());
    const common = { id: ended.id, verb: 'restart', target: 'chainfire on 3 nodes', batch: 1 };
    const targets = ['chainfire@node02', 'chainfire@node03', 'chainfire@node01'];
    expect(cluster.records).toMatchObject([
      { phase: 'operation-begin', ...common, targets },
      { phase: 'operation-end', ...common, targets, outcome: 'done', words: ended.words },
    ]);
  });
});

describe('the end of an operation that the audit does not take', () => {
  it('is told with the rest, for nobody will read it there', async () => {
    const cluster = rolling({
      nodes: 3,
      audited: ({ phase }) =>
        phase === 'operation-end'
          ? { ok: false, problem: 'the disk is full', remedy: 'free it' }
          : { ok: true },
    });
    const ended = await cluster.operations.execute(cluster.plan());
    expect(ended.words).toMatch(/^3 of 3 done in .* \(not in the audit: the disk is full\)$/u);
    expect(cluster.told.at(-1)).toEqual(ended);
  });
});

describe('what the operator asks of a running operation', () => {
  const onOneNode = {
    targets: ['fiberlb', 'iam'].map((service) => ({ kind: 'instance', service, node: 'node01' }) as const),
  } as const;
  const services = ['chainfire', 'flaredb', 'iam', 'fiberlb'];

  it('ends what waits for its turn on a node, too, before the batch is over', async () => {
    const cluster = rolling({ nodes: 3, services, onRestart: () => cluster.operations.abort(id()) });
    const id = (): string => cluster.operations.running()[0]?.id ?? '';
    const ended = await cluster.operations.execute(cluster.plan(2, onOneNode));
    expect(cluster.restarted).toEqual(['node01']);
    expect(ended).toMatchObject({
      state: 'stopped',
      words: 'aborted; done fiberlb@node01; not touched iam@node01',
    });
  });

  it('holds what waits for its turn on a node until it is resumed', async () => {
    const cluster = rolling({
      nodes: 3,
      services,
      onRestart: () => cluster.restarted.length === 0 && cluster.operations.pause(id()),
    });
    const id = (): string => cluster.operations.running()[0]?.id ?? '';
    const done = cluster.operations.execute(cluster.plan(2, onOneNode));
    await until(cluster, ({ state, endedAtMs }) => state === 'paused' || endedAtMs !== undefined);
    expect(cluster.restarted).toEqual(['node01']);
    cluster.operations.resume(id());
    expect(await done).toMatchObject({ state: 'done' });
    expect(cluster.restarted).toEqual(['node01', 'node01']);
  });

  it('is to pause after the present step, and to go on', async () => {
    const cluster = rolling({
      nodes: 3,
      onRestart: (node) => node === 'node02' && cluster.operations.pause(id()),
    });
    const id = (): string => cluster.operations.running()[0]?.id ?? '';
    const done = cluster.operations.execute(cluster.plan());
    const paused = await until(cluster, ({ state }) => state === 'paused');
    expect(paused).toMatchObject({ words: 'paused; node03 next', asked: 'pause' });
    for (let looks = 0; looks < 5; looks += 1) cluster.look();
    expect(cluster.restarted).toEqual(['node02']);
    cluster.operations.resume(id());
    expect(await done).toMatchObject({ state: 'done' });
    expect(cluster.restarted).toEqual(['node02', 'node03', 'node01']);
  });

  it('is to end after the present step', async () => {
    const cluster = rolling({ nodes: 3, onRestart: () => cluster.operations.abort(id()) });
    const id = (): string => cluster.operations.running()[0]?.id ?? '';
    const ended = await cluster.operations.execute(cluster.plan());
    expect(ended).toMatchObject({
      state: 'stopped',
      words: 'aborted; done node02; not touched node03, node01 (leader)',
    });
    expect(cluster.restarted).toEqual(['node02']);
  });

  it('ends it while it is paused or waits, too, and a pause at the last step holds nothing', async () => {
    const cluster = rolling({ nodes: 3, onRestart: () => cluster.operations.pause(id()) });
    const id = (): string => cluster.operations.running()[0]?.id ?? '';
    const done = cluster.operations.execute(cluster.plan());
    await until(cluster, ({ state }) => state === 'paused');
    await cluster.operations.close();
    expect((await done).words).toMatch(/^aborted; done node02/u);

    const last = rolling({
      nodes: 3,
      onRestart: (node) => node === 'node01' && last.operations.pause(last.operations.running()[0]?.id ?? ''),
    });
    expect(await last.operations.execute(last.plan())).toMatchObject({ state: 'done' });
  });
});

describe('a rolling restart of any group', () => {
  it('never takes the votes below what is needed, whoever leads and whatever fails besides', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 7 }).chain((nodes) =>
          fc.record({
            nodes: fc.constant(nodes),
            dead: fc.subarray(
              Array.from({ length: nodes }, (_, index) => `node0${index + 1}`),
              { maxLength: Math.ceil(nodes / 2) - 1 },
            ),
          }),
        ),
        fc.infiniteStream(fc.nat(99)),
        async ({ nodes, dead }, stream) => {
          const dice = (): number => stream.next().value ?? 0;
          const needed = Math.floor(nodes / 2) + 1;
          let fails = 0;
          const cluster = rolling({
            nodes,
            down: dead,
            elect: (up, before) => {
              const roll = dice();
              const keeps = before !== undefined && up.includes(before) && roll < 60;
              return keeps ? before : up[roll % Math.max(1, up.length)];
            },
            outcome: () => (dice() < 90 ? 'succeeded' : 'not-healthy'),
            onLook: ({ down }) => {
              if (fails > 1 || dice() < 95) return;
              // Another member goes by itself, and nobody restarts it.
              fails += 1;
              down.add(`node0${(dice() % nodes) + 1}`);
            },
            onRestart: (node) => {
              const left = cluster.votes() - (cluster.down.has(node) ? 0 : 1);
              if (!cluster.down.has(node)) expect(left).toBeGreaterThanOrEqual(needed);
            },
          });
          const plan = cluster.plan();
          fc.pre(plan.typed === undefined && plan.refusals.length === 0);
          const ended = await cluster.operations.execute(plan);
          expect(['done', 'stopped']).toContain(ended.state);
        },
      ),
      { numRuns: 60 },
    );
  });
});
