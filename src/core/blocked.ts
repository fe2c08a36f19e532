/** Echoes told from causes: a failing instance that a failing dependency explains is blocked, by name. */
import type { Blocker, ServiceState } from './model/cluster.ts';
import type { ServiceName } from './model/topology.ts';
import { isFailing } from './unit-verdict.ts';
import type { InstanceReading } from './verdict.ts';
import type { Wiring } from './wiring.ts';

/** What is already judged: every dependency of a service comes before it. */
export type Judged = {
  readonly service: (name: ServiceName) => ServiceState | undefined;
  /** The instance of that service on the same node. */
  readonly neighbour: (name: ServiceName) => InstanceReading | undefined;
};

const isInTheWay = (dependency: InstanceReading, reading: InstanceReading): boolean => {
  switch (dependency.verdict) {
    case 'down':
    case 'late':
    case 'blocked':
      return true;
    case 'starting':
      // While both are on their way up, starting says it already.
      return !reading.waiting;
    case 'ok':
    case 'degraded':
    case 'unknown':
      return false;
    default: {
      const never: never = dependency.verdict;
      return never;
    }
  }
};

/** That nobody gets through to a dependency from here explains no unit that systemd itself calls failed. */
const isBeside = (dependency: InstanceReading, { unit }: InstanceReading): boolean =>
  dependency.overdue && unit !== undefined && isFailing(unit);

/** The whole service is gone: it serves nobody, wherever it runs. */
const isGone = (service: ServiceState): boolean =>
  service.verdict === 'down' || service.verdict === 'blocked' || service.quorum?.standing === 'lost';

/** Nor does one that forms its quorum or elects, but that passes: who has time waits for it. */
const isUnready = ({ quorum }: ServiceState): boolean =>
  quorum?.standing === 'forming' || quorum?.faults.some((fault) => fault.kind === 'no-leader') === true;

const servesNobody = (service: ServiceState, reading: InstanceReading): boolean =>
  isGone(service) || (!reading.waiting && isUnready(service));

const blockerIn = (
  reading: InstanceReading,
  dependency: ServiceName,
  judged: Judged,
): Blocker | undefined => {
  const service = judged.service(dependency);
  if (service === undefined || service.instances.length === 0) return undefined;
  // A lost quorum is the larger fact: name the service, not the neighbour that is one of its silent members.
  const { quorum } = service;
  if (quorum?.standing === 'lost') return { service: dependency };
  const neighbour = judged.neighbour(dependency);
  if (neighbour !== undefined && isBeside(neighbour, reading)) return undefined;
  if (neighbour !== undefined && isInTheWay(neighbour, reading)) {
    return { service: dependency, node: reading.node };
  }
  if (neighbour !== undefined && (quorum?.standing !== 'forming' || reading.waiting)) return undefined;
  return servesNobody(service, reading) ? { service: dependency } : undefined;
};

/**
 * The nearest failing dependency that explains this instance: what it requires, then what its own answer calls
 * disconnected. Wants= alone explains nothing. Undefined: it is fine, or it is a cause itself.
 */
export const blockerOf = (reading: InstanceReading, wiring: Wiring, judged: Judged): Blocker | undefined => {
  if (!reading.explainable) return undefined;
  for (const dependency of wiring.hard) {
    const blocker = blockerIn(reading, dependency, judged);
    if (blocker !== undefined) return blocker;
  }
  for (const linked of reading.brokenLinks) {
    const blocker = blockerIn(reading, linked, judged);
    if (blocker !== undefined) return blocker;
    const service = judged.service(linked);
    if (service !== undefined && servesNobody(service, reading)) return { service: linked };
  }
  return undefined;
};

/** The hard dependency on the same node that is down although this instance is fine; undefined: no contradiction. */
export const defied = (reading: InstanceReading, wiring: Wiring, judged: Judged): ServiceName | undefined =>
  reading.verdict === 'ok'
    ? wiring.hard.find((name) => judged.neighbour(name)?.verdict === 'down')
    : undefined;
