/** `plasmatop explain [SERVICE]`: what the topology knows, offline. */
import { formatProblems } from '../core/problem.ts';
import { suggestName } from '../topology/names.ts';
import { booleanFlag, type CommandRun, exitCode, stringFlag } from './context.ts';
import { explainAll, explainNames, explainService } from './explain-topology.ts';

export const explain: CommandRun = async (context) => {
  const { stdout, stderr, invocation } = context;
  const topology = await topologyFor(stringFlag(context, 'topology'));
  if (!topology.ok) {
    stderr.write(`${formatProblems(topology.problems)}\n`);
    return exitCode.config;
  }
  const options = { ascii: booleanFlag(context, 'ascii') };
  const name = invocation.words[0];
  const text =
    name === undefined
      ? explainAll(topology.topology, options)
      : explainService(topology.topology, name, options);
  if (text === undefined) {
    const names = explainNames(topology.topology);
    stderr.write(`plasmatop: no service or step is called "${name}"\n  ${suggestName(name ?? '', names)}\n`);
    return exitCode.usage;
  }
  stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return exitCode.ok;
};

/** The topology that --topology names; the built-in one needs no parser. */
const topologyFor = async (file: string | undefined) => {
  if (file === undefined || file === 'plasmacloud') {
    const { builtinTopology } = await import('../topology/builtin.ts');
    return { ok: true, topology: builtinTopology() } as const;
  }
  const [{ loadTopology }, { readText }] = await Promise.all([
    import('../topology/load.ts'),
    import('../config/read-text.ts'),
  ]);
  const read = readText(file);
  if ('text' in read) return loadTopology({ path: file, text: read.text });
  return {
    ok: false,
    problems: [
      {
        file,
        path: '',
        message: read.reason,
        remedy: 'Name a file that can be read, or leave out --topology.',
      },
    ],
  } as const;
};
