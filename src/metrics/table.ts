/** The metrics as data: what is registered, documented in docs/metrics.md and filled comes from here. */

export type MetricKind = 'gauge' | 'counter' | 'histogram';

export type Metric = {
  readonly kind: MetricKind;
  /** One sentence without a full stop, as Prometheus shows it. */
  readonly help: string;
  /** Each value is a name of the configuration or of the topology, or a word of a closed set. */
  readonly labels: readonly string[];
  /** A state set: one series for each of these words, 1 for the one that holds. The last label has it. */
  readonly words?: readonly string[];
};

const VERDICTS = ['ok', 'degraded', 'starting', 'late', 'down', 'blocked', 'unknown'] as const;

export const METRICS = {
  plasmatop_build_info: {
    kind: 'gauge',
    help: 'Always 1; what runs, and what it watches',
    labels: ['version', 'cluster', 'topology'],
  },
  plasmatop_insecure: {
    kind: 'gauge',
    help: '1 where TLS certificates are not verified, because the configuration says so',
    labels: [],
  },
  plasmatop_data_age_seconds: {
    kind: 'gauge',
    help: 'Age of the newest look at anything; absent before the first',
    labels: [],
  },
  plasmatop_cluster_verdict: {
    kind: 'gauge',
    help: 'Verdict on the whole cluster',
    labels: ['verdict'],
    words: VERDICTS,
  },
  plasmatop_level_verdict: {
    kind: 'gauge',
    help: 'Verdict on a level of services',
    labels: ['level', 'verdict'],
    words: VERDICTS,
  },
  plasmatop_service_verdict: {
    kind: 'gauge',
    help: 'Verdict on a service, over all its nodes',
    labels: ['service', 'verdict'],
    words: VERDICTS,
  },
  plasmatop_instance_verdict: {
    kind: 'gauge',
    help: 'Verdict on a service on one node',
    labels: ['service', 'node', 'verdict'],
    words: VERDICTS,
  },
  plasmatop_instance_data_age_seconds: {
    kind: 'gauge',
    help: 'Age of the newest look at any check of a service on one node; absent before the first',
    labels: ['service', 'node'],
  },
  plasmatop_node_verdict: {
    kind: 'gauge',
    help: 'Verdict on a node',
    labels: ['node', 'verdict'],
    words: VERDICTS,
  },
  plasmatop_node_reachable: {
    kind: 'gauge',
    help: '0 when every check of a node times out or has no route',
    labels: ['node'],
  },
  plasmatop_node_failed_steps: {
    kind: 'gauge',
    help: 'First-boot steps of a node that failed or were left behind',
    labels: ['node'],
  },
  plasmatop_link_state: {
    kind: 'gauge',
    help: 'How the ssh connection to a node stands; none where the configuration has none',
    labels: ['node', 'state'],
    words: ['none', 'connecting', 'up', 'failed'],
  },
  plasmatop_capability_state: {
    kind: 'gauge',
    help: 'What users have of a capability',
    labels: ['capability', 'state'],
    words: ['works', 'at-risk', 'degraded', 'lost', 'starting', 'unknown'],
  },
  plasmatop_causes: {
    kind: 'gauge',
    help: 'Root causes of what fails now, as a person would count them',
    labels: [],
  },
  plasmatop_contradictions: {
    kind: 'gauge',
    help: 'Facts that contradict each other',
    labels: [],
  },
  plasmatop_quorum_votes: {
    kind: 'gauge',
    help: 'Members of a Raft service that answer with a role',
    labels: ['service'],
  },
  plasmatop_quorum_votes_needed: {
    kind: 'gauge',
    help: 'Votes that a Raft service needs',
    labels: ['service'],
  },
  plasmatop_quorum_members: {
    kind: 'gauge',
    help: 'Members that a Raft service has, by the inventory or by their own word where that is more',
    labels: ['service'],
  },
  plasmatop_quorum_standing: {
    kind: 'gauge',
    help: 'How the quorum of a Raft service stands',
    labels: ['service', 'standing'],
    words: ['held', 'lost', 'forming', 'unknown'],
  },
  plasmatop_quorum_leader_known: {
    kind: 'gauge',
    help: '1 when a leader of a Raft service is known',
    labels: ['service'],
  },
  plasmatop_quorum_fault: {
    kind: 'gauge',
    help: '1 while the members of a Raft service contradict each other so; several may hold',
    labels: ['service', 'fault'],
  },
  plasmatop_certificate_expiry_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the first certificate of a service on one node ends, Unix time',
    labels: ['service', 'node'],
  },
  plasmatop_probe_success: {
    kind: 'gauge',
    help: '1 when the newest probe of a check got the answer that was asked for',
    labels: ['service', 'node', 'check'],
  },
  plasmatop_probe_last_duration_seconds: {
    kind: 'gauge',
    help: 'How long the newest probe of a check took, whether or not it was answered',
    labels: ['service', 'node', 'check'],
  },
  plasmatop_probe_duration_seconds: {
    kind: 'histogram',
    help: 'How long probes took that got the answer that was asked for, over all nodes',
    labels: ['service', 'check'],
  },
  plasmatop_probes_total: {
    kind: 'counter',
    help: 'Probes made of a service on one node',
    labels: ['service', 'node'],
  },
  plasmatop_probe_failures_total: {
    kind: 'counter',
    help: 'Probes that failed, by what went wrong; a series begins with its first failure',
    labels: ['service', 'node', 'kind'],
  },
  plasmatop_unit_looks_total: {
    kind: 'counter',
    help: 'Looks taken at the units of a node over ssh',
    labels: ['node'],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
