/** The way to a demo cluster, spoilt: copies of its files with changes, and a wire to its sshd that can be cut. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServers } from '../helpers/servers.ts';
import type { DemoCluster } from './demo-cluster.ts';

type Edit = (text: string, directory: string) => string;

/** A configuration of a test that does not try how soon ssh is there. */
export const patient: Edit = (text) => text.replace('sudo: true }', 'sudo: true, connectTimeout: 30s }');

export type Variant = {
  readonly directory: string;
  readonly configFile: string;
  readonly knownHostsFile: string;
  readonly auditFile: string;
  readonly remove: () => void;
};

/** Copies the cluster's plasmatop.yaml, ssh_config and known_hosts, each through its edit. The audit goes to the copy. */
export const variantOf = (
  cluster: DemoCluster,
  edits: { readonly config?: Edit; readonly ssh?: Edit; readonly knownHosts?: Edit } = {},
): Variant => {
  const original = dirname(cluster.configFile);
  const directory = mkdtempSync(join(tmpdir(), 'pt-variant-'));
  const moved = (text: string): string =>
    ['ssh_config', 'known_hosts', 'audit.jsonl'].reduce(
      (now, name) => now.replaceAll(join(original, name), join(directory, name)),
      text,
    );
  const copy = (name: string, edit: Edit = (text) => text): string => {
    const file = join(directory, name);
    writeFileSync(file, edit(moved(readFileSync(join(original, name), 'utf8')), directory), { mode: 0o600 });
    return file;
  };
  copy('ssh_config', edits.ssh);
  return {
    directory,
    configFile: copy('plasmatop.yaml', edits.config),
    knownHostsFile: copy('known_hosts', edits.knownHosts),
    auditFile: join(directory, 'audit.jsonl'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};

/** The port of a node's sshd. */
const sshPortOf = (cluster: DemoCluster, node: string): number => {
  const found = new RegExp(`Host ${node}\\n +Port (\\d+)`).exec(readFileSync(cluster.sshConfigFile, 'utf8'));
  if (found === null) throw new Error(`no port for ${node}`);
  return Number(found[1]);
};

export type Wire = {
  /** For an ssh_config: leads the node through this wire. */
  readonly edit: Edit;
  /** Cuts every connection; new ones come out at that node, or at once to their end where there is none. */
  readonly cut: (node?: string) => void;
  readonly close: () => Promise<void>;
};

/** A wire to the sshd of `node`. */
export const wireTo = async (cluster: DemoCluster, node: string): Promise<Wire> => {
  const servers = createServers();
  const ownPort = sshPortOf(cluster, node);
  let target: number | undefined = ownPort;
  const { port, cut } = await servers.tcp((socket) => {
    if (target === undefined) {
      socket.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    far.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => far.destroy());
    socket.pipe(far).pipe(socket);
  });
  return {
    edit: (text) => text.replace(`Port ${ownPort}\n`, `Port ${port}\n`),
    cut: (to) => {
      target = to === undefined ? undefined : sshPortOf(cluster, to);
      cut();
    },
    close: servers.closeAll,
  };
};
