/** What the account may do on a node: asked of its sudo, or of its systemd and polkit where sudo is not used. */
import type { NodeRights } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import type { Link } from '../ssh/types.ts';
import { askAccount } from './account-rights.ts';
import { askRights } from './sudo-rights.ts';

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never;

/** Never rejects. */
export const askNodeRights = async (
  link: Link,
  topology: Topology,
  units: readonly UnitName[],
  sudo: boolean,
  signal: AbortSignal,
): Promise<WithoutTime<NodeRights>> => {
  if (sudo) {
    const may = await askRights(link, topology, units, signal);
    return may === undefined ? { by: 'unknown' } : { by: 'sudo', may };
  }
  const standing = await askAccount(link, signal);
  return standing === undefined ? { by: 'unknown' } : { by: 'account', standing };
};
