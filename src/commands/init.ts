/** `plasmatop init`: a few questions, or flags, and a commented plasmatop.yaml that the loader has taken. */
import { join, resolve } from 'node:path';
import { candidateFiles } from '../config/discover.ts';
import type { NamedNode } from '../config/node-sources.ts';
import { configText } from '../config/write.ts';
import { formatProblems, type Problem } from '../core/problem.ts';
import { canAsk } from './act-ask.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import type { HelpSection } from './help-text.ts';
import { askAuthority, askCluster, askNodes, askReadOnly, askUser } from './init-ask.ts';
import { keepFile, loaderProblems, problemOfPlace } from './init-keep.ts';
import { gatherNodes } from './init-nodes.ts';

export const initHelp: readonly HelpSection[] = [
  {
    title: 'Where the nodes come from',
    rows: [
      ['NODE…', 'words: node01, or node02=10.0.0.12'],
      ['--from-ssh-config', 'Host aliases; Includes are followed, ssh -G tells the real host'],
      ['--from-file', 'a node a line: name, name address, or as in /etc/hosts address name'],
    ],
    after:
      'What no flag says is asked on a terminal; elsewhere, and with --yes, it is left out. Nothing connects to a node.',
  },
  {
    title: 'Where the file goes',
    rows: [
      ['(default)', '$XDG_CONFIG_HOME/plasmatop/plasmatop.yaml (~/.config): found from everywhere'],
      ['--out FILE', 'there'],
      ['--out -', 'to stdout'],
    ],
    after:
      'It holds no secret and may be read by all (mode 0644, less what the umask takes). What is wrong is told, and nothing is written.',
  },
];

/** What flags and answers say besides the nodes, by path. Undefined: the asking was broken off. */
const choose = async (
  context: CommandContext,
  asks: boolean,
): Promise<Map<string, string | boolean> | undefined> => {
  const { cwd } = context;
  const values = new Map<string, string | boolean>();
  const flag = (name: string): string | undefined => stringFlag(context, name);
  // A relative path in the file would start at the file's own directory.
  const locate = (path: string): string =>
    path.startsWith('~/') ? join(context.home, path.slice(2)) : resolve(cwd, path);
  const set = (path: string, value: string | boolean | undefined): void => {
    if (value !== undefined) values.set(path, value);
  };
  const topology = flag('topology');
  set('topology', topology === undefined || topology === 'plasmacloud' ? topology : locate(topology));
  const sshConfig = flag('ssh-config');
  set('ssh.config', sshConfig === undefined ? undefined : locate(sshConfig));
  const [cluster, ca, user] = [flag('cluster'), flag('ca'), flag('user')];
  set('cluster', cluster);
  set('tls.ca', ca === undefined ? undefined : locate(ca));
  set('ssh.user', user);
  if (booleanFlag(context, 'read-only')) set('readOnly', true);
  if (!asks) return values;

  if (cluster === undefined) {
    const answer = await askCluster(context, 'the name of the topology');
    if (answer === undefined) return undefined;
    set('cluster', answer.value);
  }
  if (ca === undefined) {
    const answer = await askAuthority(context, locate);
    if (answer === undefined) return undefined;
    set('tls.ca', answer.value === undefined ? undefined : locate(answer.value));
  }
  if (user === undefined) {
    const answer = await askUser(context);
    if (answer === undefined) return undefined;
    set('ssh.user', answer.value);
  }
  if (!values.has('readOnly')) {
    const answer = await askReadOnly(context);
    if (answer === undefined) return undefined;
    if (answer.value) set('readOnly', true);
  }
  return values;
};

/** Flags are to blame as flags, not as lines of a file that nobody has seen. */
const blamed = (problem: Problem): Problem => {
  const { file: _file, line: _line, column: _column, ...rest } = problem;
  return rest;
};

export const init: CommandRun = async (context) => {
  const { stderr, stdout, stopped } = context;
  const fail = (problems: readonly Problem[], code: number): number => {
    stderr.write(`${formatProblems(problems)}\nnothing was written\n`);
    return code;
  };
  const gathered = await gatherNodes(context);
  if (!gathered.ok)
    return fail(gathered.problems, gathered.kind === 'unread' ? exitCode.noInput : exitCode.usage);
  for (const note of gathered.notes) stderr.write(`plasmatop: ${note}\n`);

  const out = stringFlag(context, 'out');
  const [here = '', everywhere = ''] = candidateFiles(context);
  const path = out === undefined ? everywhere : resolve(context.cwd, out);
  const force = booleanFlag(context, 'force');
  // Before the questions: nobody wants to hear it after them. It is looked at again when the file is kept.
  const taken = out === '-' ? undefined : problemOfPlace(path, force);
  if (taken !== undefined) return fail([taken], exitCode.cannotCreate);

  const asks = canAsk(context) && !booleanFlag(context, 'yes');
  let nodes: readonly NamedNode[] | undefined = gathered.nodes;
  if (nodes.length === 0) {
    if (!asks) {
      const remedy =
        "plasmatop init node01 node02=10.0.0.12, or --from-ssh-config 'prod-*', or --from-file FILE";
      return fail([{ path: '', message: 'no node is named', remedy }], exitCode.usage);
    }
    nodes = await askNodes(context);
  }
  const values = nodes === undefined ? undefined : await choose(context, asks);
  if (nodes === undefined || values === undefined || stopped.aborted) {
    stderr.write('plasmatop: broken off, nothing was written\n');
    return exitCode.noPermission;
  }
  const text = configText({ nodes, values });
  const problems = loaderProblems(text, context);
  if (problems.length > 0) return fail(problems.map(blamed), exitCode.config);
  if (out === '-') {
    stdout.write(text);
    return exitCode.ok;
  }
  const kept = keepFile(text, path, force, context);
  if (!kept.ok) return fail([kept.problem], exitCode.cannotCreate);
  const count = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  stdout.write(`wrote ${path} (mode ${kept.mode}): ${count}\n`);
  const isFound = candidateFiles(context).includes(path);
  if (path === everywhere && kept.shadow) stdout.write(`  here, ${here} is found before it\n`);
  const named = isFound && !(path === everywhere && kept.shadow) ? '' : ` --config ${path}`;
  stdout.write(`next: plasmatop doctor${named}\n`);
  return exitCode.ok;
};
