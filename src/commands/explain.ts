/** `plasmatop explain [SERVICE]`: what the topology knows, and what a stop would do, offline. */
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import { formatProblems } from '../core/problem.ts';
import { suggestName } from '../topology/names.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import { explainAll, explainNames, explainService } from './explain-topology.ts';
import { loadConfigFor } from './load-config.ts';

/** As many nodes are assumed where no configuration names any. */
const NODES = 3;

type Known = { readonly topology: Topology; readonly inventory: Inventory };

export const explain: CommandRun = async (context) => {
  const { stdout, stderr, invocation } = context;
  const known = await knownFor(context);
  if (!known) return exitCode.config;
  const { topology, inventory } = known;
  const options = { ascii: booleanFlag(context, 'ascii'), inventory };
  const name = invocation.words[0];
  const text = name === undefined ? explainAll(topology, options) : explainService(topology, name, options);
  if (text === undefined) {
    const remedy = suggestName(name ?? '', explainNames(topology));
    stderr.write(`plasmatop: no service or step is called "${name}"\n  ${remedy}\n`);
    return exitCode.usage;
  }
  stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return exitCode.ok;
};

/**
 * The topology of --topology, else of the configuration with its nodes, else the built-in one. Undefined after its
 * problems were printed.
 */
const knownFor = async (context: CommandContext): Promise<Known | undefined> => {
  const file = stringFlag(context, 'topology');
  if (file === undefined && (await hasConfig(context))) return loadConfigFor(context);
  const topology =
    file === undefined || file === 'plasmacloud'
      ? (await import('../topology/builtin.ts')).builtinTopology()
      : await readTopology(context, file);
  if (topology === undefined) return undefined;
  const { plainInventory } = await import('../core/what-if/all-well.ts');
  return { topology, inventory: plainInventory(topology, NODES) };
};

const hasConfig = async (context: CommandContext): Promise<boolean> => {
  const [{ candidateFiles, requestedFile }, { existsSync }] = await Promise.all([
    import('../config/discover.ts'),
    import('node:fs'),
  ]);
  return (
    requestedFile(stringFlag(context, 'config'), context) !== undefined ||
    candidateFiles(context).some((path) => existsSync(path))
  );
};

const readTopology = async ({ stderr }: CommandContext, file: string): Promise<Topology | undefined> => {
  const [{ loadTopology }, { readText }] = await Promise.all([
    import('../topology/load.ts'),
    import('../config/read-text.ts'),
  ]);
  const read = readText(file);
  const remedy = 'name a file that can be read, or leave out --topology';
  const loaded =
    'text' in read
      ? loadTopology({ path: file, text: read.text })
      : ({
          ok: false,
          problems: [{ file, path: '', message: `cannot be read: ${read.reason}`, remedy }],
        } as const);
  if (loaded.ok) return loaded.topology;
  stderr.write(`${formatProblems(loaded.problems)}\n`);
  return undefined;
};
