/** Whether a node has the units of the topology, and will start them at boot. Pure. */
import type { ClusterNode } from '../core/model/inventory.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import { bad, type Finding, ok } from './doctor-finding.ts';

type Trouble = {
  readonly state: 'failed' | 'warning';
  readonly words: string;
  readonly is: (facts: UnitFacts) => boolean;
  /** The verb of systemctl that mends or shows it; undefined: none does. */
  readonly verb?: string;
};

/** A unit is told by the first that it is. */
const TROUBLES: readonly Trouble[] = [
  { state: 'failed', words: 'not there', is: ({ load }) => load === 'not-found' },
  {
    state: 'failed',
    words: 'masked',
    is: ({ load, unitFile }) => load === 'masked' || unitFile?.startsWith('masked') === true,
    verb: 'unmask',
  },
  {
    state: 'failed',
    words: 'cannot be read',
    is: ({ load }) => load === 'error' || load === 'bad-setting',
    verb: 'status',
  },
  {
    state: 'warning',
    words: 'disabled, so not started at boot',
    is: ({ unitFile }) => unitFile === 'disabled',
    verb: 'enable',
  },
];

export const unitFindings = (
  node: Pick<ClusterNode, 'name' | 'ssh'>,
  sudo: boolean,
  units: readonly UnitFacts[],
): readonly Finding[] => {
  const found = TROUBLES.flatMap((trouble): Finding[] => {
    const these = units.filter((facts) => TROUBLES.find(({ is }) => is(facts)) === trouble);
    if (these.length === 0) return [];
    const names = these.map(({ unit }) => unit);
    const remedy =
      trouble.verb === undefined
        ? `install them, or leave them out with "services:" of ${node.name}`
        : `ssh ${node.ssh ?? node.name} ${sudo ? 'sudo ' : ''}systemctl ${trouble.verb} ${names.join(' ')}`;
    return [bad(trouble.state, 'units', `${trouble.words}: ${names.join(', ')}`, remedy)];
  });
  return found.length > 0 ? found : [ok('units', `${units.length} of ${units.length} there`)];
};
