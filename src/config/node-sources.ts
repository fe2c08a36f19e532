/** Nodes as they are named to `init`: as words, or in a file that lists hosts. Pure. */
import { isIP } from 'node:net';
import type { Problem } from '../core/problem.ts';
import { isAddress, isNodeName } from './words.ts';

export type NamedNode = {
  readonly name: string;
  readonly address?: string;
  /** Where ssh is to be given something else than the address. */
  readonly ssh?: string;
  /** What is worth a comment beside it. */
  readonly note?: string;
  /** Where it was named: "argument 2", a file and its line. */
  readonly from: Place;
};

export type Place = { readonly file: string; readonly line?: number };

const problemAt = ({ file, line }: Place, message: string, remedy: string): Problem => ({
  file,
  ...(line === undefined ? {} : { line }),
  path: '',
  message,
  remedy,
});

/** `node01` or `node02=10.0.0.12`. */
export const nodeOfWord = (word: string, from: Place): NamedNode => {
  const at = word.indexOf('=');
  return at < 0 ? { name: word, from } : { name: word.slice(0, at), address: word.slice(at + 1), from };
};

/** What every system's own hosts file names besides other hosts. */
const OF_THIS_HOST = /^(?:localhost(?:\..*|[46])?|ip6-.*|broadcasthost)$/iu;

export type ListedNodes = {
  readonly nodes: readonly NamedNode[];
  /** Names of this host itself, which are not taken. */
  readonly left: readonly string[];
  readonly problems: readonly Problem[];
};

/** A file of hosts: `name`, `name address`, or as in /etc/hosts `address name alias…`; `#` begins a comment. */
export const nodesOfList = (text: string, file: string): ListedNodes => {
  const nodes: NamedNode[] = [];
  const left: string[] = [];
  const problems: Problem[] = [];
  text.split(/\r?\n/u).forEach((line, index) => {
    const from = { file, line: index + 1 };
    const [first, second, ...more] = line.replace(/#.*$/u, '').trim().split(/\s+/u);
    if (first === undefined || first === '') return;
    if (second !== undefined && isIP(first) !== 0) {
      if (OF_THIS_HOST.test(second)) left.push(second);
      else nodes.push({ name: second, address: first, from });
    } else if (more.length > 0) {
      problems.push(
        problemAt(
          from,
          'has more than a name and an address',
          'write "name address", or "address name alias…"',
        ),
      );
    } else nodes.push({ name: first, ...(second === undefined ? {} : { address: second }), from });
  });
  return { nodes, left, problems };
};

const placeWords = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`);

/** What keeps these nodes from being written down: wrong names and addresses, and names that stand for two. */
export const nodeProblems = (nodes: readonly NamedNode[]): Problem[] => {
  const first = new Map<string, NamedNode>();
  return nodes.flatMap((node) => {
    const before = first.get(node.name);
    if (before !== undefined) {
      const remedy = `it is also at ${placeWords(before.from)}: leave one of them out`;
      return [problemAt(node.from, `node ${node.name} is there twice`, remedy)];
    }
    first.set(node.name, node);
    if (!isNodeName(node.name)) {
      const remedy = 'use letters, digits, "-", "_", "." and ":", starting with a letter or digit';
      return [problemAt(node.from, `"${node.name}" is not a node name`, remedy)];
    }
    const address = node.address ?? node.name;
    if (isAddress(address)) return [];
    const remedy =
      node.address === undefined
        ? `give its address: ${node.name}=10.0.0.12`
        : 'write a host name or an IP address';
    return [problemAt(node.from, `"${address}" is not an address`, remedy)];
  });
};
