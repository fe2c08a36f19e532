/** The incidents that the demo can play: an initial state and a timeline of faults, as data. */
import type { NodeName } from '../../core/model/inventory.ts';
import type { ServiceName, Topology, UnitName } from '../../core/model/topology.ts';
import { controlServices, type UnitEdit } from './units.ts';

export type Fault =
  /** The unit's process exits with `code` at every start until an operator does what heals it. */
  | {
      readonly kind: 'exits';
      readonly node: NodeName;
      readonly unit: UnitName;
      readonly code: number;
      readonly afterMs: number;
      readonly line: string;
      /** A running process is struck down at once; otherwise only the next start fails. */
      readonly kills: boolean;
      readonly heals: { readonly by: 'restart'; readonly times: number } | { readonly by: 'reset-failed' };
    }
  | { readonly kind: 'slow-start'; readonly node: NodeName; readonly unit: UnitName; readonly factor: number }
  /** Power loss: nothing of the node answers any more. */
  | { readonly kind: 'vanish'; readonly node: NodeName }
  /** Health answers take this long, in real ms whatever the speed. */
  | {
      readonly kind: 'slow';
      readonly node: NodeName;
      readonly service: ServiceName;
      readonly delayMs: number;
    }
  /** Somebody writes these lines into a unit file; systemd takes them over when it reads its files anew. */
  | {
      readonly kind: 'unit-file';
      readonly node: NodeName;
      readonly unit: UnitName;
      readonly says: UnitEdit;
    }
  | { readonly kind: 'daemon-reload'; readonly node: NodeName }
  /** `apart` form a cluster of their own, until the service is restarted on them. */
  | { readonly kind: 'split'; readonly service: ServiceName; readonly apart: readonly NodeName[] };

export type CertificateState = 'valid' | 'expired' | 'soon';

export type Scenario = {
  readonly name: ScenarioName;
  /** `settled`: up for days. `fresh`: first boot begins at time 0. */
  readonly begins: 'settled' | 'fresh';
  /** World ms from the start of the demo. */
  readonly timeline: readonly { readonly atMs: number; readonly fault: Fault }[];
  readonly certificates: ReadonlyMap<NodeName, CertificateState>;
  /** The only systemctl verbs that sudo lets the account use there; all on a node that is not named. */
  readonly sudoers?: ReadonlyMap<NodeName, readonly string[]>;
  /** Where it is not named, a rule of polkit lets every account manage units. */
  readonly polkit?: ReadonlyMap<NodeName, Polkit>;
};

/** `asks`: without a password nobody but root may; `absent`: systemd obeys root alone. */
export type Polkit = 'open' | 'asks' | 'absent';

export type ScenarioName =
  | 'steady'
  | 'first-boot'
  | 'quorum-loss'
  | 'node-loss'
  | 'join-failure'
  | 'slow'
  | 'cert-expiry'
  | 'split-brain'
  | 'drift'
  | 'no-sudo'
  | 'stuck-restart';

export type ScenarioEntry = {
  readonly name: ScenarioName;
  readonly description: string;
  readonly minNodes: number;
};

export const scenarios: readonly ScenarioEntry[] = [
  { name: 'steady', minNodes: 1, description: 'everything is healthy and stays so' },
  {
    name: 'first-boot',
    minNodes: 1,
    description: 'the nodes boot for the first time, 1 to 4 s apart, and form the cluster',
  },
  {
    name: 'quorum-loss',
    minNodes: 1,
    description: 'chainfire crash-loops on a majority of nodes; a restart by hand brings it back',
  },
  { name: 'node-loss', minNodes: 2, description: 'the second node loses power and answers nothing' },
  {
    name: 'join-failure',
    minNodes: 2,
    description: 'a first boot in which flaredb cannot join on the last node until reset-failed and restart',
  },
  { name: 'slow', minNodes: 1, description: 'one service on one node answers above its threshold' },
  {
    name: 'cert-expiry',
    minNodes: 1,
    description: 'the certificate of one node has expired, that of another ends in 5 days',
  },
  {
    name: 'split-brain',
    minNodes: 2,
    description: 'the first node leads a chainfire cluster of its own: two leaders',
  },
  {
    name: 'drift',
    minNodes: 1,
    description: 'unit files of one node lose a dependency and gain one: all is well, until one stops',
  },
  {
    name: 'no-sudo',
    minNodes: 2,
    description:
      'sudo runs nothing on the second node, which has no polkit, and nothing but systemctl restart on the last',
  },
  {
    name: 'stuck-restart',
    minNodes: 2,
    description: 'all is well, but chainfire of the last node does not come back from a restart',
  },
];

export const scenarioNamed = (name: string): ScenarioEntry | undefined =>
  scenarios.find((entry) => entry.name === name);

/** The nodes that run the voters of a large cluster; small ones run everything everywhere. */
export const CONTROL_NODES = 5;

const SLOW_FALLBACK_MS = 900;

const slowestFits = (topology: Topology, service: ServiceName): number => {
  const threshold = topology.services.find((each) => each.name === service)?.checks[0]?.slowMs;
  // Above the threshold, and still below the usual timeout of 1.5 s.
  return threshold === undefined
    ? SLOW_FALLBACK_MS
    : Math.min(1300, Math.max(SLOW_FALLBACK_MS, threshold * 1.3));
};

/** The timeline of a scenario on these nodes. Nodes and services are chosen by their place, so any topology plays. */
export const buildScenario = (
  name: ScenarioName,
  topology: Topology,
  nodes: readonly NodeName[],
): Scenario => {
  const voters = nodes.slice(0, CONTROL_NODES);
  const second = nodes[1] ?? nodes[0] ?? '';
  const last = nodes.at(-1) ?? '';
  const quorum = topology.services.filter((service) => service.quorum !== undefined);
  const calm: Scenario = { name, begins: 'settled', timeline: [], certificates: new Map() };
  switch (name) {
    case 'steady':
      return calm;
    case 'first-boot':
      return { ...calm, begins: 'fresh', timeline: lateStart(topology, voters) };
    case 'quorum-loss': {
      const failing = voters.slice(-(Math.floor((voters.length - 1) / 2) + 1));
      return {
        ...calm,
        timeline: failing.flatMap((node, index) =>
          quorum.slice(0, 1).map((service) => ({
            atMs: 3000 + index * 2000,
            fault: {
              kind: 'exits',
              node,
              unit: service.unit,
              code: 3,
              afterMs: 300,
              line: `FATAL cannot open raft log ${service.dataDir ?? '/var/lib'}/wal-000042: bad magic`,
              kills: true,
              heals: { by: 'restart', times: 1 },
            },
          })),
        ),
      };
    }
    case 'node-loss':
      return { ...calm, timeline: [{ atMs: 4000, fault: { kind: 'vanish', node: second } }] };
    case 'join-failure': {
      const node = voters.at(-1) ?? last;
      const joins = topology.firstBoot.steps.filter((step) =>
        quorum.some((each) => each.name === step.service),
      );
      return {
        ...calm,
        begins: 'fresh',
        timeline: joins.slice(-1).map((step) => ({
          atMs: 0,
          fault: {
            kind: 'exits',
            node,
            unit: step.unit,
            code: 1,
            afterMs: 1200,
            line: 'ERROR join refused by leader: 409 member id already in use',
            kills: false,
            heals: { by: 'reset-failed' },
          },
        })),
      };
    }
    case 'slow': {
      const control = controlServices(topology);
      const service = topology.services.findLast(
        (each) => !control.has(each.name) && each.checks[0]?.kind === 'https-json',
      );
      const slow = service ?? topology.services[0];
      if (slow === undefined) return calm;
      const delayMs = slowestFits(topology, slow.name);
      return {
        ...calm,
        timeline: [{ atMs: 3000, fault: { kind: 'slow', node: second, service: slow.name, delayMs } }],
      };
    }
    case 'cert-expiry':
      return {
        ...calm,
        certificates: new Map<NodeName, CertificateState>([
          [last, 'soon'],
          [second, 'expired'],
        ]),
      };
    case 'split-brain':
      return {
        ...calm,
        timeline: quorum.slice(0, 1).map((service) => ({
          atMs: 3000,
          fault: { kind: 'split', service: service.name, apart: voters.slice(0, 1) },
        })),
      };
    case 'drift':
      return {
        ...calm,
        timeline: [
          ...driftedFiles(topology, second).map((fault) => ({ atMs: 3000, fault })),
          { atMs: 6000, fault: { kind: 'daemon-reload', node: second } },
        ],
      };
    case 'no-sudo':
      return {
        ...calm,
        sudoers: new Map<NodeName, readonly string[]>([
          [last, ['restart']],
          [second, []],
        ]),
        polkit: new Map<NodeName, Polkit>([
          [last, 'asks'],
          [second, 'absent'],
        ]),
      };
    case 'stuck-restart': {
      const failing = voters.at(-1) ?? last;
      return {
        ...calm,
        timeline: quorum.slice(0, 1).map(({ unit }) => ({
          atMs: 0,
          fault: {
            kind: 'exits',
            node: failing,
            unit,
            code: 3,
            afterMs: 400,
            line: 'cannot open /var/lib/chainfire/raft.db: the log ends mid-entry',
            kills: false,
            heals: { by: 'reset-failed' },
          },
        })),
      };
    }
    default: {
      const never: never = name;
      return never;
    }
  }
};

/** The first service that requires another does so no more, and the last requires the first that it has no tie to. */
const driftedFiles = ({ services }: Topology, node: NodeName): readonly Fault[] => {
  const loser = services.find(({ requires }) => services.some(({ unit }) => requires.includes(unit)));
  const gainer = services.findLast((service) => service !== loser);
  const stranger = services.find(
    ({ unit }) => gainer !== undefined && ![gainer.unit, ...gainer.requires, ...gainer.wants].includes(unit),
  );
  const written = (unit: UnitName, says: UnitEdit): Fault => ({ kind: 'unit-file', node, unit, says });
  return [
    ...(loser === undefined ? [] : [written(loser.unit, { requires: [] })]),
    ...(gainer === undefined || stranger === undefined
      ? []
      : [written(gainer.unit, { requires: [...gainer.requires, stranger.unit] })]),
  ];
};

/** The last node's first service takes 1.4 times as long as documented: somebody is always late. */
const lateStart = (topology: Topology, voters: readonly NodeName[]): Scenario['timeline'] => {
  const node = voters.length > 1 ? voters.at(-1) : undefined;
  const unit = topology.services[0]?.unit;
  if (node === undefined || unit === undefined) return [];
  return [{ atMs: 0, fault: { kind: 'slow-start', node, unit, factor: 1.4 } }];
};
