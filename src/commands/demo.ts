/** `plasmatop demo`: a simulated cluster behind real servers on loopback, and the console on it. */
import { copyFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { scenarios } from '../demo/sim/scenarios.ts';
import { startDemo } from '../demo/start.ts';
import { builtinTopology } from '../topology/builtin.ts';
import { suggestName } from '../topology/names.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import type { HelpSection } from './help-text.ts';
import { loadConfigFor } from './load-config.ts';

const MAX_NODES = 200;
const MAX_SPEED = 1000;

/** The part of `plasmatop demo --help` that lists the scenarios. */
export const demoHelp = (): readonly HelpSection[] => [
  { title: 'Scenarios', rows: scenarios.map(({ name, description }) => [name, description]) },
];

type Options = { readonly nodes: number; readonly scenario: string; readonly speed: number };

const number = (text: string | undefined, fallback: number): number =>
  text === undefined ? fallback : /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : Number.NaN;

const readOptions = (
  context: CommandContext,
): Options | { readonly problem: string; readonly remedy: string } => {
  const names = scenarios.map(({ name }) => name);
  const scenario = stringFlag(context, 'scenario') ?? 'steady';
  const entry = scenarios.find(({ name }) => name === scenario);
  if (!entry) return { problem: `there is no scenario "${scenario}"`, remedy: suggestName(scenario, names) };
  const nodes = number(stringFlag(context, 'nodes'), 3);
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES) {
    return { problem: '--nodes must be a whole number', remedy: `1 to ${MAX_NODES}, as in --nodes 5` };
  }
  if (nodes < entry.minNodes) {
    return { problem: `${scenario} needs ${entry.minNodes} nodes`, remedy: `Add --nodes ${entry.minNodes}` };
  }
  const speed = number(stringFlag(context, 'speed'), 1);
  if (!(speed > 0 && speed <= MAX_SPEED)) {
    return { problem: '--speed must be a number', remedy: `Above 0, at most ${MAX_SPEED}, as in --speed 2` };
  }
  return { nodes, scenario, speed };
};

export const demo: CommandRun = async (context) => {
  const { stdout, stderr, clock, random, stopped, cwd } = context;
  const options = readOptions(context);
  if ('problem' in options) {
    stderr.write(`plasmatop: ${options.problem}\n  ${options.remedy}\n`);
    return exitCode.usage;
  }
  const cluster = await startDemo({ ...options, clock, random, topology: builtinTopology() });
  try {
    const out = stringFlag(context, 'config-out');
    if (out !== undefined) {
      const problem = await copyConfig(cluster.configFile, resolve(cwd, out));
      if (problem !== undefined) {
        stderr.write(`plasmatop: --config-out ${out}: ${problem}\n`);
        return exitCode.usage;
      }
    }
    if (booleanFlag(context, 'headless')) {
      stdout.write(
        `${[
          `config  ${cluster.configFile}`,
          `watch   plasmatop --config ${cluster.configFile}`,
          `ssh     ssh -F ${cluster.sshConfigFile} node01`,
          'Serving until stopped (Ctrl-C).',
        ].join('\n')}\n`,
      );
      if (!stopped.aborted) {
        await new Promise<void>((done) => stopped.addEventListener('abort', () => done(), { once: true }));
      }
      return exitCode.ok;
    }
    const config = await loadConfigFor(context, cluster.configFile);
    if (!config) return exitCode.config;
    const { runConsole } = await import('./console.ts');
    return await runConsole(config, 'demo', context);
  } finally {
    await cluster.stop();
  }
};

/** Copies the demo's configuration, over one of an earlier demo at most; says why not, and what to do. */
const copyConfig = async (from: string, to: string): Promise<string | undefined> => {
  const before = await readFile(to, 'utf8').catch(() => '');
  if (before !== '' && !before.startsWith('cluster: demo\n')) {
    return 'there is a file that no demo has written\n  Name another one; it stays as it is.';
  }
  try {
    await copyFile(from, to);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${why}\n  Name a file in a directory that you may write to.`;
  }
};
