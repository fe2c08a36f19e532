/**
 * What goes wrong, and what somebody who knows the reference document would say of it. The expectations are written
 * by hand from that document (dependencies, failure impact matrix, first boot), never from what the program says.
 */
import type { CapabilityId } from '../../../../src/core/model/topology.ts';
import type { ScenarioName } from '../../../../src/demo/sim/scenarios.ts';
import type { Incident } from './incident.ts';

export type Situation = {
  readonly name: string;
  /** 3 by default. */
  readonly nodes?: number;
  /** `steady` by default. */
  readonly scenario?: ScenarioName;
  readonly happens: (incident: Incident) => void;
  /**
   * Kind and subjects: "failed chainfire@node02 chainfire@node03", "unreachable node02". As many as a person would
   * count; order does not matter.
   */
  readonly causes: readonly string[];
  /** Every failing instance that is not a cause but explained by one; not asserted when left out. */
  readonly echoes?: readonly string[];
  readonly sentence: string | RegExp;
  readonly users?: string | RegExp;
  /** What does not simply work; everything else works or is on its way up. Undefined: nothing can be said, as nothing is seen. */
  readonly capabilities: Readonly<Partial<Record<CapabilityId, 'at-risk' | 'degraded' | 'lost'>>> | undefined;
};

const ALL = ['node01', 'node02', 'node03'];
const on = (service: string, nodes: readonly string[]): string[] => nodes.map((node) => `${service}@${node}`);
const failed = (service: string, nodes: readonly string[]): string =>
  ['failed', ...on(service, nodes)].join(' ');

const CHAINFIRE_LOST = {
  'control-plane': 'lost',
  configuration: 'lost',
  'create-vms': 'lost',
  // FlareDB requires Chainfire, and IAM requires FlareDB.
  metrics: 'lost',
  authentication: 'lost',
} as const;

const CHAINFIRE_AT_RISK = {
  'control-plane': 'at-risk',
  configuration: 'at-risk',
  'create-vms': 'at-risk',
  metrics: 'at-risk',
  authentication: 'at-risk',
} as const;

const FLAREDB_LOST = { metrics: 'lost', authentication: 'lost', 'create-vms': 'degraded' } as const;
const FLAREDB_AT_RISK = { metrics: 'at-risk', authentication: 'at-risk', 'create-vms': 'at-risk' } as const;

/** Down on node02 alone: two more run, and nobody depends on it. */
const oneLess = (service: string, title: string): Situation => ({
  name: `${service} fails on one node`,
  happens: ({ crash, wait }) => {
    crash(`${service}.service`, ['node02']);
    wait();
  },
  causes: [failed(service, ['node02'])],
  echoes: [],
  sentence: `${title} is down on node02: failed, exit 3.`,
  users: /^Nothing is lost/u,
  capabilities: {},
});

const everywhere = (
  service: string,
  title: string,
  capabilities: NonNullable<Situation['capabilities']>,
): Situation => ({
  name: `${service} fails on every node`,
  happens: ({ crash, wait }) => {
    crash(`${service}.service`, ALL);
    wait();
  },
  causes: [failed(service, ALL)],
  echoes: [],
  sentence: `${title} is down on all 3 nodes: failed, exit 3.`,
  capabilities,
});

const ALONE: readonly Situation[] = [
  {
    name: 'chainfire fails on one node: what requires it there goes with it',
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02']);
      wait();
    },
    causes: [failed('chainfire', ['node02'])],
    echoes: ['flaredb@node02', 'iam@node02'],
    sentence: 'Chainfire is down on node02: failed, exit 3.',
    users: /one more/u,
    capabilities: CHAINFIRE_AT_RISK,
  },
  {
    name: 'flaredb fails on one node: IAM there goes with it',
    happens: ({ crash, wait }) => {
      crash('flaredb.service', ['node02']);
      wait();
    },
    causes: [failed('flaredb', ['node02'])],
    echoes: ['iam@node02'],
    sentence: 'FlareDB is down on node02: failed, exit 3.',
    users: /one more/u,
    capabilities: FLAREDB_AT_RISK,
  },
  oneLess('iam', 'IAM'),
  oneLess('plasmavmc', 'PlasmaVMC'),
  oneLess('novanet', 'NovaNET'),
  oneLess('flashdns', 'FlashDNS'),
  oneLess('fiberlb', 'FiberLB'),
  oneLess('lightningstor', 'LightningStor'),
  {
    ...oneLess('k8shost', 'K8sHost'),
    name: 'k8shost fails on one node: its pods are evicted',
    users: 'Pods are degraded. Cluster operations are not affected.',
    capabilities: { pods: 'degraded' },
  },
  {
    name: 'one SIGKILL: systemd brings it and its dependants back',
    happens: ({ kill, wait }) => {
      kill('chainfire.service', 'node02');
      wait(120);
    },
    causes: [],
    echoes: [],
    sentence: 'All 9 services on 3 nodes are healthy.',
    capabilities: {},
  },
  {
    name: 'iam crashes again and again',
    happens: ({ crash, wait }) => {
      crash('iam.service', ['node02']);
      wait(25);
    },
    causes: [failed('iam', ['node02'])],
    echoes: [],
    sentence: /^IAM is down on node02: (?:failed, exit 3|keeps restarting)\.$/u,
    capabilities: {},
  },
];

const EVERYWHERE: readonly Situation[] = [
  {
    name: 'chainfire fails on every node',
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ALL);
      wait();
    },
    causes: [failed('chainfire', ALL)],
    echoes: [...on('flaredb', ALL), ...on('iam', ALL)],
    sentence: 'Chainfire has lost its quorum: 0 of 3 votes, 2 needed.',
    users: 'New VMs, API logins and metrics are down. Running VMs are not affected.',
    capabilities: CHAINFIRE_LOST,
  },
  {
    name: 'flaredb fails on every node',
    happens: ({ crash, wait }) => {
      crash('flaredb.service', ALL);
      wait();
    },
    causes: [failed('flaredb', ALL)],
    echoes: on('iam', ALL),
    sentence: 'FlareDB has lost its quorum: 0 of 3 votes, 2 needed.',
    capabilities: FLAREDB_LOST,
  },
  everywhere('iam', 'IAM', { authentication: 'lost' }),
  everywhere('plasmavmc', 'PlasmaVMC', { 'create-vms': 'lost', metrics: 'degraded' }),
  everywhere('novanet', 'NovaNET', { networks: 'lost' }),
  everywhere('flashdns', 'FlashDNS', { dns: 'degraded' }),
  everywhere('fiberlb', 'FiberLB', { 'load-balancing': 'degraded' }),
  everywhere('lightningstor', 'LightningStor', { volumes: 'lost', 'storage-io': 'degraded' }),
  everywhere('k8shost', 'K8sHost', { pods: 'degraded' }),
];

const QUORUM: readonly Situation[] = [
  {
    name: 'chainfire loses two of three; what merely wants it goes on',
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02', 'node03']);
      wait();
    },
    causes: [failed('chainfire', ['node02', 'node03'])],
    // The member that is left has nobody to elect with. No level-3 service is among them.
    echoes: ['chainfire@node01', ...on('flaredb', ALL), ...on('iam', ALL)],
    sentence: 'Chainfire has lost its quorum: 1 of 3 votes, 2 needed.',
    users: 'New VMs, API logins and metrics are down. Running VMs are not affected.',
    capabilities: CHAINFIRE_LOST,
  },
  {
    name: 'flaredb loses two of three',
    happens: ({ crash, wait }) => {
      crash('flaredb.service', ['node02', 'node03']);
      wait();
    },
    causes: [failed('flaredb', ['node02', 'node03'])],
    echoes: ['flaredb@node01', ...on('iam', ALL)],
    sentence: 'FlareDB has lost its quorum: 1 of 3 votes, 2 needed.',
    capabilities: FLAREDB_LOST,
  },
  {
    name: 'of five chainfire members one is down: one more may go',
    nodes: 5,
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02']);
      wait();
    },
    causes: [failed('chainfire', ['node02'])],
    echoes: ['flaredb@node02', 'iam@node02'],
    sentence: 'Chainfire is down on node02: failed, exit 3.',
    capabilities: {},
  },
  {
    name: 'of five chainfire members two are down: none more may go',
    nodes: 5,
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02', 'node04']);
      wait();
    },
    causes: [failed('chainfire', ['node02', 'node04'])],
    echoes: [...on('flaredb', ['node02', 'node04']), ...on('iam', ['node02', 'node04'])],
    sentence: 'Chainfire is down on node02 and node04: failed, exit 3.',
    users: /one more/u,
    capabilities: CHAINFIRE_AT_RISK,
  },
  {
    name: 'of five chainfire members three are down',
    nodes: 5,
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02', 'node04', 'node05']);
      wait();
    },
    causes: [failed('chainfire', ['node02', 'node04', 'node05'])],
    sentence: 'Chainfire has lost its quorum: 2 of 5 votes, 3 needed.',
    capabilities: CHAINFIRE_LOST,
  },
  {
    name: 'chainfire on one node and flaredb on another: together they take the quorum of flaredb',
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node02']);
      crash('flaredb.service', ['node03']);
      wait();
    },
    causes: [failed('chainfire', ['node02']), failed('flaredb', ['node03'])],
    echoes: ['flaredb@node01', 'flaredb@node02', ...on('iam', ALL)],
    sentence: 'FlareDB has lost its quorum: 1 of 3 votes, 2 needed.',
    capabilities: {
      metrics: 'lost',
      authentication: 'lost',
      'create-vms': 'degraded',
      'control-plane': 'at-risk',
      configuration: 'at-risk',
    },
  },
  {
    name: 'a cluster of one node loses chainfire',
    nodes: 1,
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node01']);
      wait();
    },
    causes: [failed('chainfire', ['node01'])],
    echoes: ['flaredb@node01', 'iam@node01'],
    sentence: 'Chainfire has lost its quorum: 0 of 1 vote, 1 needed.',
    capabilities: CHAINFIRE_LOST,
  },
  {
    name: 'a cluster of one node is not at risk by being one',
    nodes: 1,
    happens: ({ wait }) => wait(20),
    causes: [],
    echoes: [],
    sentence: 'All 9 services on 1 node are healthy.',
    capabilities: {},
  },
  {
    name: 'two leaders',
    happens: ({ split, wait }) => {
      split('chainfire', ['node01']);
      wait(30);
    },
    causes: ['split chainfire@node01 chainfire@node03'],
    echoes: [],
    sentence: /^Chainfire has two leaders: node01 and node0[23]\.$/u,
    // All of it works; what one of the two sides accepts will be undone.
    capabilities: { 'control-plane': 'at-risk', configuration: 'at-risk', 'create-vms': 'at-risk' },
  },
  {
    name: 'a member counts fewer members than the others',
    happens: ({ reports, wait }) => {
      reports('chainfire', ['node03'], { raft: 'follower', cluster_size: 2 });
      wait(30);
    },
    causes: ['split chainfire@node03'],
    echoes: [],
    sentence: 'Chainfire is degraded: sizes differ: 3, 2.',
    capabilities: {},
  },
];

const PAIRS: readonly Situation[] = [
  {
    name: 'two services that have nothing to do with each other, on two nodes',
    happens: ({ crash, wait }) => {
      crash('iam.service', ['node01']);
      crash('novanet.service', ['node03']);
      wait();
    },
    causes: [failed('iam', ['node01']), failed('novanet', ['node03'])],
    echoes: [],
    sentence: 'IAM is down on node01: failed, exit 3.',
    capabilities: {},
  },
  {
    name: 'two services fail alike on one node: one thing about that node',
    happens: ({ crash, wait }) => {
      crash('plasmavmc.service', ['node02']);
      crash('novanet.service', ['node02']);
      wait();
    },
    causes: ['failed novanet@node02 plasmavmc@node02'],
    echoes: [],
    sentence: '2 services are down on node02: failed, exit 3.',
    capabilities: {},
  },
  {
    name: 'two services on one node, each in its own way',
    happens: ({ crash, systemctl, wait }) => {
      crash('plasmavmc.service', ['node02']);
      systemctl('node02', 'stop', 'novanet.service');
      wait();
    },
    causes: [failed('plasmavmc', ['node02']), 'stopped novanet@node02'],
    echoes: [],
    sentence: 'PlasmaVMC is down on node02: failed, exit 3.',
    capabilities: {},
  },
  {
    name: 'all of level 3 fails on one node',
    happens: ({ crash, wait }) => {
      for (const name of ['plasmavmc', 'novanet', 'flashdns', 'fiberlb', 'lightningstor', 'k8shost']) {
        crash(`${name}.service`, ['node02']);
      }
      wait();
    },
    causes: [
      'failed fiberlb@node02 flashdns@node02 k8shost@node02 lightningstor@node02 novanet@node02 plasmavmc@node02',
    ],
    echoes: [],
    sentence: '6 services are down on node02: failed, exit 3.',
    capabilities: { pods: 'degraded' },
  },
  {
    name: 'iam and plasmavmc everywhere: Wants= explains nothing',
    happens: ({ crash, wait }) => {
      crash('iam.service', ALL);
      crash('plasmavmc.service', ALL);
      wait();
    },
    causes: [failed('iam', ALL), failed('plasmavmc', ALL)],
    echoes: [],
    sentence: 'IAM is down on all 3 nodes: failed, exit 3.',
    users: /^New VMs and API logins are down/u,
    capabilities: { authentication: 'lost', 'create-vms': 'lost', metrics: 'degraded' },
  },
  {
    name: 'iam everywhere and plasmavmc on one node: Wants= explains nothing',
    happens: ({ crash, wait }) => {
      crash('iam.service', ALL);
      crash('plasmavmc.service', ['node01']);
      wait();
    },
    causes: [failed('iam', ALL), failed('plasmavmc', ['node01'])],
    echoes: [],
    sentence: 'IAM is down on all 3 nodes: failed, exit 3.',
    capabilities: { authentication: 'lost' },
  },
  {
    name: 'k8shost wants novanet and starts after plasmavmc: neither takes it along',
    happens: ({ crash, wait }) => {
      crash('plasmavmc.service', ALL);
      crash('novanet.service', ALL);
      wait();
    },
    causes: [failed('plasmavmc', ALL), failed('novanet', ALL)],
    echoes: [],
    sentence: 'PlasmaVMC is down on all 3 nodes: failed, exit 3.',
    capabilities: { 'create-vms': 'lost', metrics: 'degraded', networks: 'lost' },
  },
  {
    name: 'two of three IAMs: the last one carries all logins',
    happens: ({ crash, wait }) => {
      crash('iam.service', ['node01', 'node02']);
      wait();
    },
    causes: [failed('iam', ['node01', 'node02'])],
    echoes: [],
    sentence: 'IAM is down on node01 and node02: failed, exit 3.',
    users: /one more/u,
    capabilities: { authentication: 'at-risk' },
  },
  {
    name: 'two of three PlasmaVMCs',
    happens: ({ crash, wait }) => {
      crash('plasmavmc.service', ['node01', 'node02']);
      wait();
    },
    causes: [failed('plasmavmc', ['node01', 'node02'])],
    echoes: [],
    sentence: 'PlasmaVMC is down on node01 and node02: failed, exit 3.',
    users: /one more/u,
    capabilities: { 'create-vms': 'at-risk', metrics: 'at-risk' },
  },
  {
    name: 'chainfire without a quorum, and an IAM that fails by itself: first things first',
    happens: ({ crash, wait }) => {
      crash('chainfire.service', ['node01', 'node03']);
      crash('iam.service', ['node02']);
      wait();
    },
    causes: [failed('chainfire', ['node01', 'node03'])],
    echoes: ['chainfire@node02', ...on('flaredb', ALL), ...on('iam', ALL)],
    sentence: 'Chainfire has lost its quorum: 1 of 3 votes, 2 needed.',
    capabilities: CHAINFIRE_LOST,
  },
];

const NODES: readonly Situation[] = [
  {
    name: 'one node of three is gone',
    happens: ({ dark, wait }) => {
      dark('node02');
      wait(60);
    },
    causes: ['unreachable node02'],
    sentence: 'node02 is unreachable: 9 instances unseen. Quorum holds, 2 of 3.',
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'two nodes of three are gone, and the quorum with them',
    happens: ({ dark, wait }) => {
      dark('node02', 'node03');
      wait(60);
    },
    causes: ['unreachable node02 node03'],
    sentence: 'Chainfire has lost its quorum: 1 of 3 votes, 2 needed.',
    capabilities: {
      ...CHAINFIRE_LOST,
      pods: 'degraded',
      networks: 'at-risk',
      dns: 'at-risk',
      'load-balancing': 'at-risk',
      'storage-io': 'at-risk',
      volumes: 'at-risk',
    },
  },
  {
    name: 'nothing answers at all: the fault may be here',
    happens: ({ dark, wait }) => {
      dark(...ALL);
      wait(60);
    },
    causes: ['unreachable node01 node02 node03'],
    sentence: 'No node can be reached: all 3 are silent.',
    capabilities: undefined,
  },
  {
    name: 'a node is gone, and chainfire fails on another',
    happens: ({ dark, crash, wait }) => {
      dark('node02');
      crash('chainfire.service', ['node03']);
      wait();
    },
    causes: ['unreachable node02', failed('chainfire', ['node03'])],
    sentence: 'Chainfire has lost its quorum: 1 of 3 votes, 2 needed.',
    capabilities: { ...CHAINFIRE_LOST, pods: 'degraded' },
  },
  {
    name: 'ssh is refused while every endpoint is well: nothing has failed',
    happens: ({ noSsh, wait }) => {
      noSsh('node02');
      wait(60);
    },
    causes: [],
    echoes: [],
    sentence: 'All 9 services on 3 nodes are healthy.',
    capabilities: {},
  },
];

const SERVICES = [
  'chainfire',
  'flaredb',
  'iam',
  'plasmavmc',
  'novanet',
  'flashdns',
  'fiberlb',
  'lightningstor',
  'k8shost',
];
const allOn = (...nodes: readonly string[]): string[] => SERVICES.flatMap((name) => on(name, nodes));

/** ssh answers, systemd calls all of it active, and no check is answered in time. It counts as not serving all the same. */
const PATHS: readonly Situation[] = [
  {
    name: 'no check of one node is answered in time, and ssh is: one thing about the way there',
    happens: ({ unanswered, wait }) => {
      unanswered('node02');
      wait(30);
    },
    causes: ['path node02'],
    echoes: allOn('node02'),
    sentence: 'node02 answers ssh, but none of its 10 checks within 1.5 s.',
    users: /one more/u,
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'so it is with two of three: said before the quorum that nobody can see',
    happens: ({ unanswered, wait }) => {
      unanswered('node02', 'node03');
      wait(30);
    },
    causes: ['path node02 node03'],
    // What answers on node01 says itself that it has its leader.
    echoes: allOn('node02', 'node03'),
    sentence: 'node02 and node03 answer ssh, but none of their 20 checks within 1.5 s.',
    users: /^New VMs, API logins and metrics are down/u,
    capabilities: {
      ...CHAINFIRE_LOST,
      pods: 'degraded',
      networks: 'at-risk',
      dns: 'at-risk',
      'load-balancing': 'at-risk',
      'storage-io': 'at-risk',
      volumes: 'at-risk',
    },
  },
  {
    name: 'so it is with all of them: the link of this host',
    happens: ({ unanswered, wait }) => {
      unanswered(...ALL);
      wait(30);
    },
    causes: [`path ${ALL.join(' ')}`],
    echoes: allOn(...ALL),
    sentence: 'No check on any of 3 nodes answers in time, though ssh to all does.',
    users: /are down/u,
    capabilities: {
      ...CHAINFIRE_LOST,
      networks: 'lost',
      dns: 'degraded',
      'load-balancing': 'degraded',
      'storage-io': 'degraded',
      volumes: 'lost',
      pods: 'degraded',
    },
  },
  {
    name: 'one port of that node refuses: packets come through, so that each service is what it says',
    happens: ({ unanswered, fails, wait }) => {
      unanswered('node02');
      fails('lightningstor', 'health', ['node02'], 'refused', 'connect ECONNREFUSED');
      wait(30);
    },
    causes: [
      'unhealthy chainfire@node02 fiberlb@node02 flashdns@node02 k8shost@node02 novanet@node02 plasmavmc@node02',
      'unhealthy lightningstor@node02',
    ],
    sentence: '6 services are down on node02: timeout.',
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'ssh has gone silent, too: the node is out of reach',
    happens: ({ unanswered, noSsh, wait }) => {
      unanswered('node02');
      wait(30);
      noSsh('node02');
      wait(30);
    },
    causes: ['unreachable node02'],
    sentence: 'node02 is unreachable: 9 instances unseen. Quorum holds, 2 of 3.',
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'chainfire has failed on that node, and systemd says so: that stays a cause of its own',
    happens: ({ crash, unanswered, wait }) => {
      crash('chainfire.service', ['node02']);
      unanswered('node02');
      wait();
    },
    causes: [failed('chainfire', ['node02']), 'path node02'],
    sentence: 'node02 answers ssh, but none of its 10 checks within 1.5 s.',
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'systemd says nothing of the units: nobody knows that they run',
    happens: ({ unanswered, looks, wait }) => {
      looks('node02', (look) => ({ ...look, units: [] }));
      unanswered('node02');
      wait(30);
    },
    causes: [
      'unhealthy chainfire@node02 fiberlb@node02 flashdns@node02 k8shost@node02 lightningstor@node02 novanet@node02 plasmavmc@node02',
    ],
    sentence: '7 services are down on node02: timeout.',
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
];

const OPERATORS: readonly Situation[] = [
  {
    name: 'somebody stops chainfire on one node: systemd stops what requires it',
    happens: ({ systemctl, wait }) => {
      systemctl('node02', 'stop', 'chainfire.service');
      wait(30);
    },
    causes: ['stopped chainfire@node02'],
    echoes: ['flaredb@node02', 'iam@node02'],
    sentence: 'Chainfire is down on node02: stopped.',
    capabilities: CHAINFIRE_AT_RISK,
  },
  {
    name: 'stopped and started again: what required it stays dead',
    happens: ({ systemctl, wait }) => {
      systemctl('node02', 'stop', 'chainfire.service');
      wait(5);
      systemctl('node02', 'start', 'chainfire.service');
      wait(60);
    },
    causes: [
      'left-behind chainfire-cluster-join@node02 flaredb-cluster-join@node02 flaredb@node02 iam-initial-setup@node02 iam@node02',
    ],
    echoes: [],
    sentence: /left behind/u,
    capabilities: FLAREDB_AT_RISK,
  },
  {
    name: 'somebody stops flaredb on one node',
    happens: ({ systemctl, wait }) => {
      systemctl('node02', 'stop', 'flaredb.service');
      wait(30);
    },
    causes: ['stopped flaredb@node02'],
    echoes: ['iam@node02'],
    sentence: 'FlareDB is down on node02: stopped.',
    capabilities: FLAREDB_AT_RISK,
  },
  {
    name: 'chainfire is stopped under a flaredb that fails, too',
    happens: ({ crash, systemctl, wait }) => {
      crash('flaredb.service', ['node02']);
      systemctl('node02', 'stop', 'chainfire.service');
      wait();
    },
    causes: ['stopped chainfire@node02'],
    echoes: ['flaredb@node02', 'iam@node02'],
    sentence: 'Chainfire is down on node02: stopped.',
    capabilities: CHAINFIRE_AT_RISK,
  },
  {
    name: 'a unit is masked',
    happens: ({ systemctl, looks, wait }) => {
      systemctl('node02', 'stop', 'fiberlb.service');
      looks('node02', (look) => ({
        ...look,
        units: look.units.map((unit) =>
          unit.unit === 'fiberlb.service' ? { ...unit, load: 'masked', unitFile: 'masked' } : unit,
        ),
      }));
      wait(30);
    },
    causes: ['no-unit fiberlb@node02'],
    echoes: [],
    sentence: 'FiberLB is down on node02: unit is masked.',
    capabilities: {},
  },
  {
    name: 'a unit does not exist',
    happens: ({ systemctl, looks, wait }) => {
      systemctl('node02', 'stop', 'novanet.service');
      looks('node02', (look) => ({
        ...look,
        units: look.units.map((unit) =>
          unit.unit === 'novanet.service'
            ? { unit: unit.unit, load: 'not-found', active: 'inactive', sub: 'dead', result: 'success' }
            : unit,
        ),
      }));
      wait(30);
    },
    causes: ['no-unit novanet@node02'],
    echoes: [],
    sentence: 'NovaNET is down on node02: no such unit.',
    capabilities: {},
  },
];

const ENDPOINTS: readonly Situation[] = [
  {
    name: 'the certificate of one node has expired: nine services, one cause',
    happens: ({ expired, wait }) => {
      expired('node02');
      wait(30);
    },
    causes: ['certificate node02'],
    sentence: 'The certificate of node02 has expired: 9 services there cannot be trusted.',
    // Nobody who checks certificates gets through to it: as good as a member less.
    capabilities: { ...CHAINFIRE_AT_RISK, pods: 'degraded' },
  },
  {
    name: 'a certificate ends soon: nothing has failed yet',
    happens: ({ expiring, wait }) => {
      expiring('node03', 5);
      wait(30);
    },
    causes: [],
    echoes: [],
    sentence: 'All 9 services on 3 nodes are healthy.',
    capabilities: {},
  },
  {
    name: 'DNS alone fails on one node, HTTPS is fine',
    happens: ({ fails, wait }) => {
      fails('flashdns', 'dns', ['node02'], 'timeout', 'no answer in 1500 ms');
      wait(30);
    },
    causes: ['unhealthy flashdns@node02'],
    echoes: [],
    sentence: 'FlashDNS is degraded on node02: 1 of 2 checks.',
    users: /^Nothing is lost/u,
    capabilities: {},
  },
  {
    name: 'DNS alone fails everywhere, HTTPS is fine',
    happens: ({ fails, wait }) => {
      fails('flashdns', 'dns', ALL, 'status', 'SERVFAIL');
      wait(30);
    },
    causes: ['unhealthy flashdns@node01 flashdns@node02 flashdns@node03'],
    echoes: [],
    sentence: 'FlashDNS is degraded on all 3 nodes: 1 of 2 checks.',
    users: /^DNS lookups are degraded/u,
    capabilities: { dns: 'degraded' },
  },
  {
    name: 'IAM says that it has lost its database, which is well',
    happens: ({ says, wait }) => {
      says('iam', ['node02'], { status: 'degraded', database: 'disconnected', version: '1.0.0' });
      wait(30);
    },
    causes: ['unhealthy iam@node02'],
    echoes: [],
    sentence: 'IAM is degraded on node02: 503 database disconnected.',
    capabilities: {},
  },
  {
    name: 'systemd calls it active, and its endpoint is dead',
    happens: ({ fails, wait }) => {
      fails('plasmavmc', 'health', ['node02'], 'timeout', 'no answer in 1500 ms');
      wait(60);
    },
    causes: ['unhealthy plasmavmc@node02'],
    echoes: [],
    sentence: /^PlasmaVMC is down on node02: /u,
    capabilities: {},
  },
  {
    name: 'one service on one node is slow',
    happens: ({ slow, wait }) => {
      slow('lightningstor', ['node02'], 950);
      wait(30);
    },
    causes: ['slow lightningstor@node02'],
    echoes: [],
    sentence: 'LightningStor is slow on node02.',
    capabilities: {},
  },
];

const JOINS: readonly Situation[] = [
  {
    name: 'flaredb cannot join on the last node',
    scenario: 'join-failure',
    happens: ({ wait }) => wait(150),
    causes: ['step flaredb-cluster-join@node03'],
    // IAM comes after the join, but requires flaredb.service alone, and finds the members that did join.
    echoes: ['flaredb@node03'],
    sentence: /flaredb-cluster-join/u,
    capabilities: FLAREDB_AT_RISK,
  },
  {
    name: 'chainfire cannot join on the last node: flaredb cannot either',
    scenario: 'first-boot',
    happens: ({ crash, wait }) => {
      crash('chainfire-cluster-join.service', ['node03'], 1);
      wait(180);
    },
    causes: ['step chainfire-cluster-join@node03'],
    echoes: ['chainfire@node03', 'flaredb@node03'],
    sentence: /chainfire-cluster-join/u,
    capabilities: CHAINFIRE_AT_RISK,
  },
  {
    name: 'the admin user cannot be made, and all services are well',
    scenario: 'first-boot',
    happens: ({ crash, wait }) => {
      crash('iam-initial-setup.service', ['node01'], 1);
      wait(180);
    },
    causes: ['step iam-initial-setup@node01'],
    echoes: [],
    sentence: /iam-initial-setup/u,
    capabilities: {},
  },
  {
    name: 'a first boot on its way: nothing has failed',
    scenario: 'first-boot',
    happens: ({ wait }) => wait(20),
    causes: [],
    echoes: [],
    sentence: /^Cluster is starting: \d+ of 27 instances ready\.$/u,
    capabilities: {},
  },
];

export const SITUATIONS: readonly Situation[] = [
  ...ALONE,
  ...EVERYWHERE,
  ...QUORUM,
  ...PAIRS,
  ...NODES,
  ...PATHS,
  ...OPERATORS,
  ...ENDPOINTS,
  ...JOINS,
];
