/** The nodes of one cluster, and the resolved list of what is probed where. */
import type { CheckSpec, ServiceName } from './topology.ts';

export type NodeName = string;
/** One service on one node: `chainfire@node02`. */
export type InstanceId = `${string}@${string}`;
/** One probe of an instance: `flashdns@node02#dns`. */
export type CheckId = `${InstanceId}#${string}`;

export type ClusterNode = {
  readonly name: NodeName;
  /** Host name or IP address that probes connect to. */
  readonly address: string;
  /** The name handed to ssh: an alias of ssh_config, a host name or an address. Undefined: no ssh to this node. */
  readonly ssh?: string;
  /** The services that run here, in topology order. */
  readonly services: readonly ServiceName[];
  /** Documented port → the port to use on this node, for the few that differ. */
  readonly ports: ReadonlyMap<number, number>;
  /** The name that the node's certificate must carry; the address when absent. */
  readonly serverName?: string;
  readonly tags: readonly string[];
};

export type Inventory = {
  readonly cluster: string;
  readonly nodes: readonly ClusterNode[];
};

/** One thing to probe: a check of the topology bound to a node's address. */
export type CheckTarget = {
  readonly id: CheckId;
  readonly instance: InstanceId;
  readonly service: ServiceName;
  readonly node: NodeName;
  readonly spec: CheckSpec;
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
};

export const instanceId = (service: ServiceName, node: NodeName): InstanceId => `${service}@${node}`;
export const checkId = (instance: InstanceId, check: string): CheckId => `${instance}#${check}`;
