/** The files with which the console and plain ssh reach a demo: plasmatop.yaml, ssh_config, known_hosts. Pure text. */
import { join } from 'node:path';
import type { NodeName } from '../core/model/inventory.ts';
import type { ServiceName, Topology } from '../core/model/topology.ts';

export type NodeFiles = {
  readonly name: NodeName;
  readonly services: readonly ServiceName[];
  /** Documented port → the one that listens. */
  readonly ports: ReadonlyMap<number, number>;
  readonly sshPort: number;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostPublicKey: string;
};

/** YAML reads JSON strings, so any path is safe. */
const quoted = (text: string): string => JSON.stringify(text);

const nodeEntry = (topology: Topology, node: NodeFiles): string => {
  const ports = [...node.ports].map(([from, to]) => `${from}: ${to}`).join(', ');
  const some = node.services.length < topology.services.length;
  return [
    `  - name: ${node.name}`,
    '    address: 127.0.0.1',
    `    ssh: ${node.name}`,
    ...(some ? [`    services: [${node.services.join(', ')}]`] : []),
    `    ports: { ${ports} }`,
  ].join('\n');
};

/** A plasmatop.yaml with absolute paths, so that a copy of it works elsewhere. */
export const demoConfig = (
  directory: string,
  topology: Topology,
  nodes: readonly NodeFiles[],
): string => `cluster: demo
topology: ${topology.name}
nodes:
${nodes.map((node) => nodeEntry(topology, node)).join('\n')}
poll: { interval: 2s }
tls: { ca: ${quoted(join(directory, 'ca.pem'))}, serverName: "{node}" }
ssh: { config: ${quoted(join(directory, 'ssh_config'))}, sudo: true }
audit: { file: ${quoted(join(directory, 'audit.jsonl'))} }
`;

/** One line per node under its own name: HostKeyAlias keeps addresses and ports out of it. */
export const knownHosts = (nodes: readonly NodeFiles[]): string =>
  nodes
    .map((node) => `${node.name} ${node.hostPublicKey.trim().split(' ').slice(0, 2).join(' ')}\n`)
    .join('');

export const sshConfig = (directory: string, nodes: readonly NodeFiles[], clientKey: string): string =>
  `${nodes
    .map((node) => `Host ${node.name}\n  Port ${node.sshPort}\n  HostKeyAlias ${node.name}\n`)
    .join('\n')}
Host *
  HostName 127.0.0.1
  User ops
  IdentityFile "${join(directory, clientKey)}"
  IdentitiesOnly yes
  IdentityAgent none
  PreferredAuthentications publickey
  UserKnownHostsFile "${join(directory, 'known_hosts')}"
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  CheckHostIP no
  HostKeyAlgorithms ssh-ed25519
  KexAlgorithms curve25519-sha256
  LogLevel ERROR
`;
