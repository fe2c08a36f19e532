/**
 * `plasmatop __complete SHELL -- WORD…`: answers a tab. It opens no connection, reads the configuration alone, says
 * nothing on stderr and ends with 0 whatever is wrong: nothing may disturb a line that is being typed.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '../core/model/inventory.ts';
import { nodesTagged, tagWords } from '../core/tags.ts';
import { type Candidate, complete, type Named, type Offer, type Placed, type Sources } from './complete.ts';
import type { CommandContext } from './context.ts';

const PLAIN_WORD = /^[\x21-\x7e]+$/u;
const MAX_CANDIDATES = 2000;

/** A word as bash has it on the line: its quotes and backslashes are still there. Nothing of it is run. */
export const unquoted = (word: string): string => {
  let text = '';
  let quote = '';
  for (let index = 0; index < word.length; index += 1) {
    const char = word[index] ?? '';
    if (quote !== "'" && char === '\\') {
      index += 1;
      text += word[index] ?? '';
    } else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else text += char;
  }
  return text;
};

type Surroundings = Pick<CommandContext, 'env' | 'cwd' | 'home'>;

const atHome = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);

const namesFrom = async (
  { env, cwd, home }: Surroundings,
  flags: Readonly<Record<string, string>>,
): Promise<Named> => {
  const [{ loadConfig }, { builtinTopology }] = await Promise.all([
    import('../config/load.ts'),
    import('../topology/builtin.ts'),
  ]);
  const { config, topology: topologyFile, nodes } = flags;
  const loaded = loadConfig({
    env,
    cwd,
    home,
    ...(config === undefined ? {} : { file: atHome(config) }),
    ...(topologyFile === undefined ? {} : { topologyFile: atHome(topologyFile) }),
    ...(nodes === undefined ? {} : { nodes }),
  });
  const topology = loaded.ok ? loaded.config.topology : builtinTopology();
  const all = loaded.ok ? loaded.config.inventory.nodes : [];
  const on = (service: string | undefined): readonly string[] =>
    all.filter((node) => service === undefined || node.services.includes(service)).map(({ name }) => name);
  const inventory: Pick<Inventory, 'nodes'> = { nodes: all };
  return {
    nodes: all.map(({ name }) => name),
    services: topology.services.map(({ name, unit }): Placed => ({ name, unit, nodes: on(name) })),
    tags: tagWords(inventory).map((word) => ({ word, nodes: nodesTagged(inventory, word.slice(1)) })),
    steps: topology.firstBoot.steps.map(
      ({ name, unit, service }): Placed => ({ name, unit, nodes: on(service) }),
    ),
  };
};

const sourcesFrom = (surroundings: Surroundings): Sources => ({
  named: (flags) => namesFrom(surroundings, flags),
  targets: async (verb) => (await import('../actions/verbs.ts')).verbs[verb].targets,
  words: async (of) => {
    switch (of) {
      case 'scenario': {
        const { scenarios } = await import('../demo/sim/scenarios.ts');
        return scenarios.map(({ name, description }): Candidate => ({ word: name, about: description }));
      }
      case 'verb':
        return Object.keys((await import('../actions/verbs.ts')).verbs).map((word) => ({ word }));
      case 'outcome':
        return (await import('./audit-options.ts')).OUTCOMES.map((word) => ({ word }));
      case 'priority':
        return Object.keys((await import('./logs-words.ts')).PRIORITIES).map((word) => ({ word }));
      default:
        return of satisfies never;
    }
  },
});

/** Lines for the shell's function: the kind, then a word and what it is, with a tab between. */
const linesOf = (offer: Offer): string => {
  if (offer.kind === 'files') return 'files\n';
  const told = offer.candidates
    // Whatever a file may hold: only what is plain to see, and is one word, comes to a shell.
    .filter(({ word }) => PLAIN_WORD.test(word))
    .slice(0, MAX_CANDIDATES)
    .map(({ word, about }) => `${word}\t${(about ?? '').replace(/[^\x20-\x7e]/gu, '')}\n`);
  return `${offer.open === true ? 'open' : 'words'}\n${told.join('')}`;
};

/** The answer to `argv`, the words after `__complete`. Never rejects; empty when there is nothing to say. */
export const completionLines = async (
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<string> => {
  try {
    const [shell, , ...typed] = argv;
    const offer = await complete(shell === 'bash' ? typed.map(unquoted) : typed, sourcesFrom(surroundings));
    return linesOf(offer);
  } catch {
    return '';
  }
};
