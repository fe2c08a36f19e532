/** Whether an instance has come back, judged only by looks that are newer than the command. Pure. */
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import type { InstanceId, NodeName } from '../core/model/inventory.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { byItself } from '../core/split.ts';

export type Watched = {
  readonly instance: InstanceId;
  readonly node: NodeName;
  readonly unit: UnitName;
  /** Wall time from which looks count, ms. */
  readonly sinceMs: number;
  /** The unit's InvocationID before the command. */
  readonly invocationBefore?: string;
};

export type Sight = {
  /** Unit active, every check passed when last seen and seen since, well by itself: no action answers for its group. */
  readonly green: boolean;
  /** The unit runs under a new InvocationID; undefined while that cannot be told. */
  readonly renewed: boolean | undefined;
  /** A look since the command shows its unit stopped, starting or failed. */
  readonly moving: boolean;
  /** The oldest of the newest looks that `green` rests on; a later one confirms it. */
  readonly seenMs: number;
  /** Why it is not green, in words; empty when it is. */
  readonly reason: string;
  /** It will not be well by itself: waiting is no use. */
  readonly hopeless?: boolean;
};

const unitOf = (facts: ClusterFacts, { node, unit }: Watched): UnitFacts | undefined =>
  facts.units.get(node)?.units.find((candidate) => candidate.unit === unit);

/** How the instance stands, going by looks since `watched.sinceMs` alone: a green from before does not count. */
export const sightOf = (facts: ClusterFacts, cluster: ClusterState, watched: Watched): Sight => {
  const instance = cluster.instances.get(watched.instance);
  const newest = (instance?.checks ?? []).map((check) => facts.checks.get(check.id)?.last);
  const looks = newest.map((last) => last?.atMs ?? 0);
  const lookMs = facts.units.get(watched.node)?.atMs ?? 0;
  const isLookNew = lookMs >= watched.sinceMs;

  const known = unitOf(facts, watched);
  const unit = isLookNew ? known : undefined;
  const renewed =
    unit?.invocation === undefined || watched.invocationBefore === undefined
      ? undefined
      : unit.invocation !== watched.invocationBefore;
  // While ssh is up a new look is on its way; while it is not, the endpoints alone must do.
  const needsUnit =
    known !== undefined && (isLookNew || cluster.nodes.get(watched.node)?.link.state === 'up');
  const isUnitWell = !needsUnit || (unit?.active === 'active' && unit.job === undefined && renewed !== false);
  const areChecksNew = looks.every((atMs) => atMs >= watched.sinceMs);
  // A verdict outlives `fall` failures less one: until then it may rest on answers from before the command.
  const failed = newest.find((last) => last?.ok === false);
  const isOk = instance !== undefined && byItself(instance) === 'ok';
  const isWell = isOk && failed === undefined;

  const reason = (): string => {
    if (instance === undefined) return 'it is not watched';
    if (unit !== undefined && !isUnitWell) {
      return unit.active === 'active'
        ? 'systemd has not restarted it yet'
        : `its unit is ${unit.active} (${unit.sub})`;
    }
    if (!areChecksNew) return 'its health has not been seen since';
    if (isOk && failed?.ok === false) return `its newest look failed: ${failed.failure.detail}`;
    if (!isWell) return instance.reason === '' ? instance.verdict : `${instance.verdict}, ${instance.reason}`;
    return isUnitWell ? '' : 'its unit has not been seen since';
  };
  return {
    green: isUnitWell && areChecksNew && isWell,
    renewed,
    moving: unit !== undefined && unit.active !== 'active',
    seenMs: looks.length > 0 ? Math.min(...looks) : lookMs,
    reason: reason(),
  };
};
