/** The nodes that `init` is told of: by words, by a file, by the hosts of an ssh_config. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import PQueue from 'p-queue';
import { type NamedNode, nodeOfWord, nodeProblems, nodesOfList } from '../config/node-sources.ts';
import { readText } from '../config/read-text.ts';
import { isMeant, sshAliases } from '../config/ssh-aliases.ts';
import { isAddress } from '../config/words.ts';
import type { Problem } from '../core/problem.ts';
import { effectiveSsh } from '../ssh/effective.ts';
import { type CommandContext, listFlag, stringFlag } from './context.ts';

/** Each is a process of its own. */
const AT_ONCE = 8;

export type Gathered =
  | { readonly ok: true; readonly nodes: readonly NamedNode[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly kind: 'unread' | 'wrong'; readonly problems: readonly Problem[] };

const unread = (file: string, message: string, remedy: string): Gathered => ({
  ok: false,
  kind: 'unread',
  problems: [{ file, path: '', message, remedy }],
});

const wrong = (file: string, message: string, remedy: string): Gathered => ({
  ok: false,
  kind: 'wrong',
  problems: [{ file, path: '', message, remedy }],
});

const fromFile = (context: CommandContext, flag: string): Gathered => {
  const content = readText(resolve(context.cwd, flag));
  if ('reason' in content)
    return unread(flag, `cannot be read: ${content.reason}`, 'name a file that lists hosts');
  const { nodes, left, problems } = nodesOfList(content.text, flag);
  if (problems.length > 0) return { ok: false, kind: 'wrong', problems };
  if (nodes.length === 0)
    return wrong(flag, 'names no node', 'one a line: "name", "name address" or "address name"');
  const notes =
    left.length === 0 ? [] : [`left out, as names of this host: ${[...new Set(left)].join(', ')}`];
  return { ok: true, nodes, notes };
};

/** The file named by flag, else those that ssh itself reads, as far as they exist. */
const sshConfigs = ({ home, cwd }: CommandContext, flag: string | undefined) => {
  const own = join(home, '.ssh');
  if (flag !== undefined) return [{ file: resolve(cwd, flag), base: own, home }];
  return [
    { file: join(own, 'config'), base: own, home },
    { file: '/etc/ssh/ssh_config', base: '/etc/ssh', home },
  ].filter(({ file }) => existsSync(file));
};

const ofAlias = async (
  context: CommandContext,
  alias: string,
  configFile: string | undefined,
): Promise<NamedNode | Problem> => {
  const from = { file: '--from-ssh-config' };
  const found = await effectiveSsh(
    { target: alias, ...(configFile === undefined ? {} : { configFile }) },
    context.clock,
    context.stopped,
  );
  if (!found.ok) {
    const remedy = `correct ssh_config: ssh -G ${alias} tells what ssh makes of it`;
    return { ...from, path: '', message: `${alias}: ${found.reason}`, remedy };
  }
  const { hostName, jump, proxied } = found.ssh;
  const way = jump ?? (proxied ? 'a ProxyCommand' : undefined);
  return {
    name: alias,
    // The name alone stands for all three.
    ...(hostName === alias && isAddress(alias) ? {} : { address: hostName, ssh: alias }),
    ...(way === undefined
      ? {}
      : { note: `ssh goes through ${way}; the probes connect to the address from here.` }),
    from,
  };
};

const fromSshConfig = async (
  context: CommandContext,
  patterns: readonly string[],
  flag: string | undefined,
): Promise<Gathered> => {
  const files = sshConfigs(context, flag);
  const read = files.map(sshAliases);
  const troubles = read.flatMap(({ unread: some }) => some);
  const [trouble] = troubles;
  if (trouble !== undefined)
    return unread('--ssh-config', trouble, 'make it readable, or name another ssh_config');
  const aliases = [...new Set(read.flatMap((one) => one.aliases))];
  const none = patterns.find((pattern) => !aliases.some((alias) => isMeant(alias, pattern)));
  if (none !== undefined) {
    const where =
      files.length === 0 ? 'there is no ssh_config' : `none in ${files.map(({ file }) => file).join(', ')}`;
    const remedy =
      aliases.length === 0
        ? 'name one with --ssh-config FILE, or the nodes by words'
        : `its Host lines name: ${aliases.slice(0, 10).join(', ')}${aliases.length > 10 ? ', …' : ''}`;
    return wrong('--from-ssh-config', `no host is meant by "${none}": ${where}`, remedy);
  }
  const meant = aliases.filter((alias) => patterns.some((pattern) => isMeant(alias, pattern)));
  const queue = new PQueue({ concurrency: AT_ONCE });
  const configFile = flag === undefined ? undefined : resolve(context.cwd, flag);
  const found = await queue.addAll(meant.map((alias) => () => ofAlias(context, alias, configFile)));
  const problems = found.filter((one): one is Problem => 'message' in one);
  if (problems.length > 0) return { ok: false, kind: 'wrong', problems };
  return { ok: true, nodes: found.filter((one): one is NamedNode => 'name' in one), notes: [] };
};

/** All nodes that words and flags name, in their order; none where neither does. */
export const gatherNodes = async (context: CommandContext): Promise<Gathered> => {
  const sshConfig = stringFlag(context, 'ssh-config');
  const patterns = listFlag(context, 'from-ssh-config');
  const list = stringFlag(context, 'from-file');
  const words = context.invocation.words.map((word, index) =>
    nodeOfWord(word, { file: `argument ${index + 1}` }),
  );
  const parts: Gathered[] = [
    { ok: true, nodes: words, notes: [] },
    ...(patterns.length === 0 ? [] : [await fromSshConfig(context, patterns, sshConfig)]),
    ...(list === undefined ? [] : [fromFile(context, list)]),
  ];
  const bad = parts.find((part) => !part.ok);
  if (bad !== undefined) return bad;
  const good = parts.filter((part) => part.ok);
  const nodes = good.flatMap((part) => part.nodes);
  const problems = nodeProblems(nodes);
  if (problems.length > 0) return { ok: false, kind: 'wrong', problems };
  return { ok: true, nodes, notes: good.flatMap((part) => part.notes) };
};
