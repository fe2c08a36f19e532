/** A cluster that obeys: restarts take votes and bring them back, leaders move, and all is seen by looks that are judged. */
import type { AuditResult } from '../../../../src/actions/audit.ts';
import { planOperation } from '../../../../src/actions/operation/plan.ts';
import { createOperations, type Operations } from '../../../../src/actions/operation/run.ts';
import type { AuditRecord } from '../../../../src/core/audit/model.ts';
import type { Job, JobOutcome, Plan } from '../../../../src/core/model/action.ts';
import { instanceId, type NodeName } from '../../../../src/core/model/inventory.ts';
import type { Operation, OperationPlan, OperationRequest } from '../../../../src/core/model/operation.ts';
import { healthyWorld, inventoryOf, options, topology, type World } from '../world.ts';

const START = 1_800_000_000_000;
const LOOK_MS = 2000;

export type Rolling = {
  readonly world: World;
  readonly operations: Operations;
  readonly plan: (
    batch?: number,
    other?: Partial<Pick<OperationRequest, 'verb' | 'targets'>>,
  ) => OperationPlan;
  /** In the order in which they were restarted. */
  readonly restarted: NodeName[];
  readonly records: AuditRecord[];
  /** As they were told, the newest last. */
  readonly told: Operation[];
  /** Members that are down. */
  readonly down: Set<NodeName>;
  readonly leader: () => NodeName | undefined;
  readonly votes: () => number;
  /** Time passes and everything is looked at once. */
  readonly look: () => void;
};

export type RollingOptions = {
  readonly nodes: number;
  readonly down?: readonly NodeName[];
  /** Who leads from the next look on, of those that are up. */
  readonly elect?: (up: readonly NodeName[], before: NodeName | undefined) => NodeName | undefined;
  /** They lead whenever they are up, whoever is elected. */
  readonly rivals?: readonly NodeName[];
  /** How the restart of a member ends; `succeeded` by default. */
  readonly outcome?: (node: NodeName) => JobOutcome;
  /** Before each restart. */
  readonly onRestart?: (node: NodeName) => void;
  /** Before each look of a running operation. */
  readonly onLook?: (cluster: Rolling) => void;
  readonly refuses?: readonly string[];
  /** `chainfire` alone by default. */
  readonly services?: readonly string[];
  /** What the audit says of a record; that it is written, by default. */
  readonly audited?: (record: AuditRecord) => AuditResult;
};

/** Chainfire on so many nodes, all of which a restart is planned for. Time passes only when somebody looks. */
export const rolling = ({
  nodes,
  down: dead = [],
  elect = (up, before) => (before !== undefined && up.includes(before) ? before : up[0]),
  rivals = [],
  outcome = () => 'succeeded',
  onRestart = () => {},
  onLook = () => {},
  refuses = [],
  services = ['chainfire'],
  audited = () => ({ ok: true }),
}: RollingOptions): Rolling => {
  const down = new Set(dead);
  const inventory = inventoryOf(nodes, services);
  const names = inventory.nodes.map(({ name }) => name);
  const up = (): readonly NodeName[] => names.filter((name) => !down.has(name));
  const instances = (): readonly `${string}@${string}`[] =>
    [...down].map((name) => instanceId('chainfire', name));
  const world = healthyWorld(inventory, START, instances());
  let begun: Rolling | undefined;
  let nowMs = START;
  let leader: NodeName | undefined = 'node01';

  const look = (): void => {
    if (begun !== undefined) onLook(begun);
    nowMs += LOOK_MS;
    leader = elect(up(), leader);
    const leading = rivals.length > 0 ? rivals : leader === undefined ? [] : [leader];
    world.lead(...leading.filter((name) => !down.has(name)));
    world.poll(nowMs, instances());
  };
  look();
  look();

  const restarted: NodeName[] = [];
  const records: AuditRecord[] = [];
  const told: Operation[] = [];
  const job = (plan: Plan, end: JobOutcome): Job => ({
    id: `job ${plan.target.node}`,
    plan,
    phase: 'done',
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    outcome: end,
    words: end === 'succeeded' ? 'recovered in 6 s' : 'restarted, but not healthy after 30 s: down, refused',
  });
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  let awaitsLook = false;
  const operations = createOperations({
    clusterName: 'test',
    cluster: world.cluster,
    facts: world.facts,
    subscribe: world.subscribe,
    nudge: () => {
      if (awaitsLook) return;
      awaitsLook = true;
      setImmediate(() => {
        awaitsLook = false;
        look();
      });
    },
    clock: { now: () => nowMs, monotonic: () => nowMs },
    audit: {
      write: async (record) => {
        records.push(record);
        return audited(record);
      },
    },
    onOperation: (operation) => told.push(operation),
    runner: {
      objections: () => refuses,
      execute: async (plan) => {
        const { node } = plan.target;
        onRestart(node);
        restarted.push(node);
        down.add(node);
        look();
        look();
        await breathe();
        const end = outcome(node);
        if (end === 'succeeded') down.delete(node);
        look();
        look();
        return job(plan, end);
      },
    },
  });
  begun = {
    world,
    operations,
    restarted,
    records,
    told,
    down,
    leader: () => leader,
    votes: () => up().length,
    look,
    plan: (batch = 1, other = {}) =>
      planOperation({
        verb: 'restart',
        targets: names.map((node) => ({ kind: 'instance', service: 'chainfire', node })),
        name: `chainfire on ${nodes} nodes`,
        batch,
        ...other,
        topology,
        inventory,
        cluster: world.cluster(),
        facts: world.facts(),
        options,
        sudo: true,
      }),
  };
  return begun;
};
