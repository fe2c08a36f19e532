/** Every view at three sizes, as it stands in a terminal. The pictures are in __snapshots__. */
import { describe, expect, it } from 'vitest';
import { planOperation } from '../../src/actions/operation/plan.ts';
import { expectedTargets } from '../../src/core/graph.ts';
import type { Job } from '../../src/core/model/action.ts';
import type { FeedName, Observation } from '../../src/core/model/observation.ts';
import type { OperationStep } from '../../src/core/model/operation.ts';
import type { Mode } from '../../src/store/state.ts';
import type { AppStore } from '../../src/store/store.ts';
import type { ThemeOptions } from '../../src/views/theme.ts';
import { openScreen, type Screen } from '../helpers/frame.tsx';
import { planRestart } from '../helpers/plan-restart.ts';
import { askedPlan, withPlanner } from '../helpers/planner.ts';
import { answerOk, NOW_MS, type Situation, sampleStore } from '../helpers/sample-cluster.ts';

const REASON = { needsReason: true } as const;
const SMALL = [
  [80, 24],
  [40, 15],
] as const;
const SIZES = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const;

/** Some actions in several states, on a store that can plan. */
const withJobs = (store: AppStore): void => {
  withPlanner(store);
  const ended: readonly (readonly [Partial<Job>, string])[] = [
    [
      { phase: 'done', outcome: 'failed', endedAtMs: NOW_MS - 90_000 },
      'failed, exit 1: sudo: a password is required',
    ],
    [
      { phase: 'done', outcome: 'succeeded', endedAtMs: NOW_MS - 54_000 },
      'recovered in 6 s: active after 2 s, healthy 4 s later',
    ],
    [{ phase: 'watching' }, 'active, health not green yet'],
  ];
  store.dispatch({ kind: 'command', command: 'view-nodes' });
  store.dispatch({ kind: 'command', command: 'column-right' });
  store.dispatch({ kind: 'command', command: 'restart' });
  const plan = askedPlan(store);
  store.dispatch({ kind: 'command', command: 'cancel' });
  store.dispatch({ kind: 'command', command: 'view-tree' });
  for (const [index, [change, words]] of ended.entries()) {
    const startedAtMs = NOW_MS - 96_000 + index * 36_000;
    store.dispatch({
      kind: 'job',
      job: { id: String(index), plan, phase: 'running', startedAtMs, words, ...change },
    });
  }
};

/** A rolling restart at its gate: one done, one well and awaited by the others, the leader to go last. */
const withOperation = (store: AppStore): void => {
  const { topology, inventory, cluster, facts, options } = store.getState();
  const plan = planOperation({
    verb: 'restart',
    targets: ['node01', 'node02', 'node03'].map((node) => ({ kind: 'instance', service: 'chainfire', node })),
    name: 'chainfire on 3 nodes',
    batch: 1,
    topology,
    inventory,
    cluster,
    facts,
    options,
    sudo: true,
  });
  const words = ['recovered in 12 s: active after 2 s, healthy 10 s later', 'active, health not green yet'];
  const steps = plan.steps.map((step, index): OperationStep => {
    const startedAtMs = NOW_MS - 40_000 + index * 31_000;
    const job = { id: `s${index}`, plan: step.plan, startedAtMs, words: words[index] ?? '' };
    if (index === 0) {
      return {
        ...step,
        state: 'ended',
        job: { ...job, phase: 'done', outcome: 'succeeded' },
        note: 'leader moved to node02',
      };
    }
    if (index > 1) return { ...step, state: 'waiting' };
    const part = { operation: 'o1', step: 2, of: 3 };
    store.dispatch({ kind: 'job', job: { ...job, part, phase: 'watching' } });
    return { ...step, state: 'running' };
  });
  const operation = { id: 'o1', plan, steps, startedAtMs: NOW_MS - 41_000 } as const;
  store.dispatch({ kind: 'operation', operation: { ...operation, state: 'running', words: '' } });
};

/** One action, at the place that is given. */
const withJob =
  (change: Partial<Job>) =>
  (store: AppStore): void => {
    const { topology, inventory, cluster, facts, options } = store.getState();
    const plan = planRestart({
      topology,
      inventory,
      cluster,
      facts,
      options,
      instance: 'chainfire@node02',
      sudo: true,
    });
    const job: Job = { id: '1', plan, phase: 'running', startedAtMs: NOW_MS - 7000, words: '', ...change };
    store.dispatch({ kind: 'job', job });
  };

const withHint = (store: AppStore): void => store.dispatch({ kind: 'hint', isShown: true });

const withHintAndJob = (store: AppStore): void => {
  withHint(store);
  withJob({})(store);
};

/** One look without TLS verification. */
const insecure = (store: AppStore): void => {
  const [target] = expectedTargets(store.getState().topology, store.getState().inventory);
  if (target === undefined) throw new Error('no targets');
  const result = { ...answerOk(target, NOW_MS, 0), insecure: true };
  store.dispatch({
    kind: 'observed',
    observations: [{ kind: 'probe', check: target.id, result }],
    nowMs: NOW_MS,
  });
};

/** What node01 sends by itself, it does not send. */
const withoutFeeds = (store: AppStore): void => {
  const failed = (feed: FeedName, detail: string, remedy: string): Observation => ({
    ...{ kind: 'feed', node: 'node01', feed },
    state: { state: 'failed', sinceMs: NOW_MS, detail, remedy },
  });
  store.dispatch({
    kind: 'observed',
    observations: [
      failed('bus', 'systemd-stdio-bridge is not there', 'install systemd, or poll only'),
      failed('journal', 'no right to read the journal', 'add the user to group adm or systemd-journal'),
      { kind: 'log', node: 'node01', lines: [], dropped: 1234 },
    ],
    nowMs: NOW_MS,
  });
};

/** Two racks, the second with a further tag, and a node in neither. */
const withTags = (store: AppStore): void => {
  const { topology, inventory, options, mode } = store.getState();
  const tags = [['rack-b', 'storage'], [], ['rack-a']];
  const nodes = inventory.nodes.map((node, index) => ({ ...node, tags: tags[index] ?? [] }));
  store.dispatch({ kind: 'configured', topology, inventory: { ...inventory, nodes }, options, mode });
};

/** Systemd on node02 was not told that FlareDB requires Chainfire, and that IAM requires FlareDB only half. */
/** Chainfire of node03 leads a cluster of its own, in look after look. */
const withTwoLeaders = (store: AppStore): void => {
  const { topology, inventory } = store.getState();
  const targets = expectedTargets(topology, inventory).filter(({ service }) => service === 'chainfire');
  for (const round of [4, 3, 2, 1]) {
    const nowMs = NOW_MS - round * 100;
    const fields = (node: string) =>
      node === 'node03' ? { raft: 'leader', cluster_size: 1 } : { cluster_size: 2 };
    store.dispatch({
      kind: 'observed',
      observations: targets.map((target) => ({
        kind: 'probe',
        check: target.id,
        result: answerOk(target, nowMs, round, fields(target.node)),
      })),
      nowMs,
    });
  }
  store.dispatch({ kind: 'tick', nowMs: NOW_MS });
};

const withDrift = (store: AppStore): void => {
  const { topology, inventory } = store.getState();
  const none = { requisite: [], bindsTo: [], partOf: [] };
  const told = (node: string) =>
    topology.services.map(({ unit, requires, wants, after }) => {
      const as = { ...none, unit, requires, wants, after };
      if (node !== 'node02') return as;
      if (unit === 'flaredb.service') return { ...as, requires: [] };
      return unit === 'iam.service' ? { ...as, requires: [], wants: ['flaredb.service'] } : as;
    });
  store.dispatch({
    kind: 'observed',
    observations: inventory.nodes.map(({ name }) => ({ kind: 'relations', node: name, units: told(name) })),
    nowMs: NOW_MS,
  });
};

/** node02 is about to start flaredb, which a restart of chainfire there takes along. */
const withPending = (store: AppStore): void => {
  withPlanner(store);
  const look = store.getState().facts.units.get('node02');
  if (look === undefined) throw new Error('node02 was not looked at');
  const unit = 'flaredb.service';
  const units = look.units.map((facts) => (facts.unit === unit ? { ...facts, job: 812 } : facts));
  const jobs = [{ id: 812, unit, type: 'start', state: 'waiting' }] as const;
  store.dispatch({
    kind: 'observed',
    observations: [{ kind: 'units', node: 'node02', look: { ...look, units, jobs } }],
    nowMs: NOW_MS,
  });
};

type Shot = {
  readonly name: string;
  readonly situation: Situation;
  readonly keys?: readonly string[];
  readonly sizes?: readonly (readonly [number, number])[];
  readonly theme?: ThemeOptions;
  readonly mode?: Partial<Mode>;
  readonly prepare?: (store: AppStore) => void;
};

const ENTER = '\r';
const DOWN = '\u001b[B';
/** To node02 of the first service. */
const DOWN_TO_NODE02 = ['l', 'j', 'j'];

const PRODUCTION = { text: 'PRODUCTION', color: 'red' } as const;

const SHOTS: readonly Shot[] = [
  { name: 'tree-healthy', situation: 'healthy' },
  {
    name: 'tree-quorum-lost',
    situation: 'quorum-lost',
    keys: DOWN_TO_NODE02,
    sizes: [...SIZES, [200, 60]],
  },
  {
    name: 'tree-quorum-lost-ascii',
    situation: 'quorum-lost',
    keys: ['l'],
    theme: { ascii: true, color: 'none' },
  },
  { name: 'tree-only-broken', situation: 'quorum-lost', keys: ['!'] },
  { name: 'tree-dependencies', situation: 'quorum-lost', keys: ['t', 'l'] },
  {
    name: 'tree-dependencies-ascii',
    situation: 'quorum-lost',
    keys: ['t', 'l'],
    theme: { ascii: true, color: 'none' },
  },
  { name: 'tree-node-lost', situation: 'node-lost' },
  { name: 'tree-node-late', situation: 'node-late' },
  { name: 'tree-all-late', situation: 'all-late' },
  { name: 'tree-starting', situation: 'starting' },
  { name: 'tree-unseen', situation: 'unseen' },
  { name: 'tree-wide-glyphs', situation: 'wide-glyphs', keys: ['n', 'l'] },
  { name: 'tree-forty-nodes', situation: 'forty-nodes', keys: ['n'], sizes: [...SIZES, [200, 60]] },
  {
    name: 'tree-two-hundred-nodes',
    situation: 'two-hundred-nodes',
    keys: ['n'],
    sizes: [...SIZES, [200, 60]],
  },
  { name: 'tree-filter', situation: 'quorum-lost', keys: ['/', 'node02 dns'] },
  { name: 'tree-filter-nothing', situation: 'healthy', keys: ['/', 'zebra', ENTER] },
  { name: 'palette', situation: 'quorum-lost', keys: [...DOWN_TO_NODE02, ':'] },
  { name: 'palette-search', situation: 'quorum-lost', keys: [...DOWN_TO_NODE02, ':', 'rest chain n2'] },
  {
    name: 'palette-search-ascii',
    situation: 'quorum-lost',
    keys: [...DOWN_TO_NODE02, ':', 'chain n2'],
    theme: { ascii: true, color: 'none' },
  },
  { name: 'palette-read-only', situation: 'healthy', keys: [':', 'rest', ENTER], mode: { readOnly: true } },
  { name: 'palette-nothing', situation: 'healthy', keys: [':', 'zebra'], sizes: SMALL },
  { name: 'palette-over-page', situation: 'healthy', keys: [ENTER, ':', 'node0', '\u001b[B'] },
  { name: 'tree-refused', situation: 'healthy', keys: ['R'] },
  { name: 'tree-marked', situation: 'healthy', keys: ['l', ' '] },
  { name: 'nodes-marked', situation: 'healthy', keys: ['2', 'l', ' ', 'j', ' '] },
  { name: 'confirm-operation', situation: 'healthy', keys: ['r'], prepare: withPlanner },
  { name: 'confirm-operation-stop', situation: 'healthy', keys: [' ', 'x'], prepare: withPlanner },
  {
    name: 'confirm-operation-recent',
    situation: 'quorum-lost',
    keys: ['!', 'g', 'j', 'r'],
    prepare: (store) => withPlanner(store, ['alice restarted flaredb@node02 3 m ago: recovered in 6 s']),
  },
  {
    name: 'confirm-operation-partly',
    situation: 'quorum-lost',
    keys: ['2', 'l', ' ', 'j', ' ', 'j', ' ', 'x'],
    prepare: withPlanner,
  },
  {
    name: 'confirm-operation-refused',
    situation: 'node-lost',
    keys: ['2', 'j', 'l', ' ', 'l', ' ', 'r'],
    prepare: withPlanner,
  },
  { name: 'jobs-operation', situation: 'healthy', keys: ['4'], prepare: withOperation },
  { name: 'tree-flags', situation: 'healthy', keys: ['p'], prepare: insecure },
  { name: 'nodes', situation: 'quorum-lost', keys: ['2', 'j', 'l'] },
  { name: 'nodes-by-tag', situation: 'quorum-lost', keys: ['2', 't', 'j', 'l'], prepare: withTags },
  {
    name: 'nodes-by-tag-two-hundred',
    situation: 'two-hundred-nodes',
    keys: ['2', 't', ...'jjjjjjjjjj', 'k'],
  },
  { name: 'nodes-lost', situation: 'node-lost', keys: ['2', 'n'] },
  { name: 'nodes-two-hundred', situation: 'two-hundred-nodes', keys: ['2', 'G'] },
  { name: 'events', situation: 'quorum-lost', keys: ['3', 'j'] },
  { name: 'events-none', situation: 'unseen', keys: ['3'] },
  { name: 'jobs', situation: 'healthy', keys: ['4'], prepare: withJobs },
  { name: 'jobs-none', situation: 'healthy', keys: ['4'] },
  { name: 'job-running', situation: 'healthy', prepare: withJob({}) },
  {
    name: 'job-ended',
    situation: 'healthy',
    prepare: withJob({
      phase: 'done',
      outcome: 'not-healthy',
      endedAtMs: NOW_MS,
      words:
        'restarted, but not healthy after 30 s: 503 no leader, term 7; still stopped: flaredb, iam and iam-initial-setup',
    }),
  },
  { name: 'confirm-offered', situation: 'degraded-dns', keys: ['n', 'r'], prepare: withPlanner },
  { name: 'confirm-safer', situation: 'quorum-lost', keys: ['2', 'j', 'l', 'l', 'r'], prepare: withPlanner },
  { name: 'hint', situation: 'quorum-lost', prepare: withHint },
  { name: 'hint-job', situation: 'healthy', prepare: withHintAndJob, sizes: SMALL },
  { name: 'help', situation: 'healthy', keys: ['?'] },
  { name: 'help-search', situation: 'healthy', keys: ['?', '/', 'node shell'], sizes: SMALL },
  { name: 'help-found', situation: 'healthy', keys: ['?', '/', 'restart', ENTER] },
  { name: 'help-nothing', situation: 'healthy', keys: ['?', '/', 'zebra', ENTER], sizes: SMALL },
  { name: 'detail-instance', situation: 'quorum-lost', keys: [...DOWN_TO_NODE02, ENTER] },
  { name: 'detail-instance-end', situation: 'quorum-lost', keys: [...DOWN_TO_NODE02, ENTER, 'G'] },
  { name: 'detail-two-checks', situation: 'degraded-dns', keys: ['n', 'l', 'j', 'j', ENTER] },
  { name: 'detail-service', situation: 'quorum-lost', keys: [ENTER] },
  { name: 'detail-level', situation: 'quorum-lost', keys: ['k', ENTER] },
  { name: 'detail-instance-late', situation: 'node-late', keys: ['l', 'j', 'j', ENTER] },
  { name: 'detail-node', situation: 'node-lost', keys: ['2', 'j', ENTER] },
  { name: 'detail-node-without-feeds', situation: 'healthy', keys: ['2', ENTER], prepare: withoutFeeds },
  { name: 'nodes-without-feeds', situation: 'healthy', keys: ['2', 'j'], prepare: withoutFeeds },
  { name: 'next-steps', situation: 'quorum-lost', keys: ['N', 'j'] },
  {
    name: 'next-steps-ascii',
    situation: 'quorum-lost',
    keys: ['N'],
    theme: { ascii: true, color: 'none' },
  },
  { name: 'next-steps-by-hand', situation: 'node-lost', keys: ['N', ENTER], prepare: withPlanner },
  { name: 'next-steps-none', situation: 'healthy', keys: ['N'] },
  { name: 'next-steps-confirm', situation: 'quorum-lost', keys: ['N', ENTER], prepare: withPlanner },
  { name: 'two-leaders', situation: 'healthy', prepare: withTwoLeaders },
  { name: 'two-leaders-nodes', situation: 'healthy', keys: ['2'], prepare: withTwoLeaders },
  { name: 'two-leaders-service', situation: 'healthy', keys: [ENTER], prepare: withTwoLeaders },
  { name: 'drift', situation: 'healthy', prepare: withDrift },
  { name: 'drift-steps', situation: 'healthy', keys: ['N'], prepare: withDrift },
  { name: 'drift-node', situation: 'healthy', keys: ['2', 'j', ENTER], prepare: withDrift },
  { name: 'drift-service', situation: 'healthy', keys: ['j', ENTER, 'G'], prepare: withDrift },
  { name: 'drift-service-top', situation: 'healthy', keys: ['j', ENTER], prepare: withDrift },
  { name: 'what-if', situation: 'healthy', keys: [...DOWN_TO_NODE02, 'w'] },
  { name: 'what-if-service', situation: 'healthy', keys: ['w'] },
  { name: 'what-if-node', situation: 'healthy', keys: ['2', 'j', 'w'] },
  { name: 'what-if-harm', situation: 'node-lost', keys: ['l', 'j', 'w'] },
  {
    name: 'what-if-harm-ascii',
    situation: 'node-lost',
    keys: ['l', 'j', 'w'],
    theme: { ascii: true, color: 'none' },
  },
  { name: 'confirm', situation: 'healthy', keys: [...DOWN_TO_NODE02, 'r'], prepare: withPlanner },
  { name: 'confirm-refused', situation: 'node-lost', keys: ['l', 'j', 'j', 'r', 'y'], prepare: withPlanner },
  { name: 'confirm-pending', situation: 'healthy', keys: [...DOWN_TO_NODE02, 'r'], prepare: withPending },
  {
    name: 'confirm-reason-stop-node',
    situation: 'quorum-lost',
    keys: ['2', 'x', 'disk', ENTER, 'node'],
    prepare: withPlanner,
    mode: REASON,
    sizes: SMALL,
  },
  { name: 'confirm-start', situation: 'quorum-lost', keys: ['2', 'j', 'l', 's'], prepare: withPlanner },
  { name: 'confirm-reset-failed', situation: 'quorum-lost', keys: ['2', 'j', 'c'], prepare: withPlanner },
  { name: 'confirm-stop', situation: 'quorum-lost', keys: ['2', 'l', 'x', 'chain'], prepare: withPlanner },
  { name: 'confirm-stop-node', situation: 'quorum-lost', keys: ['2', 'x', 'node'], prepare: withPlanner },
  { name: 'confirm-typed', situation: 'node-lost', keys: ['l', 'j', 'r', 'chainf'], prepare: withPlanner },
  {
    name: 'confirm-typed-more',
    situation: 'node-lost',
    keys: ['l', 'j', 'r', 'chainf', DOWN],
    prepare: withPlanner,
    sizes: SMALL,
  },
  {
    name: 'confirm-reason',
    situation: 'healthy',
    keys: [...DOWN_TO_NODE02, 'r', 'new certif'],
    prepare: withPlanner,
    mode: REASON,
    sizes: SMALL,
  },
  {
    name: 'confirm-reason-required',
    situation: 'healthy',
    keys: [...DOWN_TO_NODE02, 'r', ENTER],
    prepare: withPlanner,
    mode: REASON,
    sizes: SMALL,
  },
  {
    name: 'confirm-reason-typed',
    situation: 'node-lost',
    keys: ['l', 'j', 'r', 'new certificate', ENTER, 'chainf'],
    prepare: withPlanner,
    mode: REASON,
    sizes: SMALL,
  },
  {
    name: 'tree-banner',
    situation: 'quorum-lost',
    mode: { banner: PRODUCTION, readOnly: true, source: 'demo' },
    sizes: SMALL,
  },
  {
    name: 'tree-banner-no-colour',
    situation: 'healthy',
    mode: { banner: PRODUCTION },
    theme: { ascii: false, color: 'none' },
    sizes: SMALL,
  },
  {
    name: 'confirm-banner',
    situation: 'healthy',
    keys: ['l', 'l', 'r'],
    prepare: withPlanner,
    mode: { banner: PRODUCTION },
  },
  {
    name: 'confirm-reason-operation',
    situation: 'healthy',
    keys: ['r', 'new certificate', ENTER],
    prepare: withPlanner,
    mode: REASON,
    sizes: SMALL,
  },
  {
    name: 'confirm-reason-shell',
    situation: 'healthy',
    keys: ['2', 'S', 'disk'],
    mode: REASON,
    sizes: SMALL,
  },
];

const modeOf = (shot: Shot): Partial<Mode> =>
  shot.mode ?? (shot.name === 'tree-flags' ? { readOnly: true, source: 'demo' } : {});

const open = async (shot: Shot, columns: number, rows: number): Promise<Screen> => {
  const store = sampleStore(shot.situation, modeOf(shot));
  shot.prepare?.(store);
  const screen = await openScreen(store, columns, rows, shot.theme);
  for (const keys of shot.keys ?? []) await screen.press(keys);
  if (shot.name === 'tree-flags') {
    store.dispatch({ kind: 'tick', nowMs: NOW_MS + 12_000 });
    await screen.settle();
  }
  return screen;
};

const cases = SHOTS.flatMap((shot) =>
  (shot.sizes ?? SIZES).map(([columns, rows]) => ({ shot, columns, rows })),
);

describe('frames', () => {
  it.each(cases)('$shot.name at $columns x $rows', async ({ shot, columns, rows }) => {
    const screen = await open(shot, columns, rows);
    expect(screen.overflowed()).toBe(false);
    const lines = screen.lines();
    expect(lines).toHaveLength(rows);
    // xterm keeps no control characters in cells; what is left of a broken sequence would be text such as "[31m".
    expect(screen.text()).not.toMatch(/\p{Control}(?<!\n)|\[\d+m/u);
    if (shot.theme?.ascii) expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/u);
    await expect(`${lines.map((line) => line.trimEnd()).join('\n')}\n`).toMatchFileSnapshot(
      `__snapshots__/${shot.name}-${columns}x${rows}.txt`,
    );
    screen.close();
  });
});
