/** Flags → configuration, or the problems on stderr and exit code 78. */
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { formatProblems } from '../core/problem.ts';
import { booleanFlag, type CommandContext, stringFlag } from './context.ts';

/**
 * Reads the configuration that the flags name, whenever it is asked to; `file` overrides `--config`. Where none is named,
 * `found` is the one that holds: were another one looked for, a file that is away for a moment would change the cluster.
 */
export const configLoader = async (
  context: CommandContext,
  file?: string,
): Promise<(found?: string) => LoadedConfig> => {
  const { loadConfig } = await import('../config/load.ts');
  const { env, cwd, home } = context;
  const config = file ?? stringFlag(context, 'config');
  const nodes = context.invocation.command === 'demo' ? undefined : stringFlag(context, 'nodes');
  const topologyFile = stringFlag(context, 'topology');
  return (found) =>
    loadConfig({
      env,
      cwd,
      home,
      ...(config !== undefined && { file: config }),
      ...(found !== undefined && { found }),
      ...(nodes !== undefined && { nodes }),
      ...(topologyFile !== undefined && { topologyFile }),
      ...(booleanFlag(context, 'read-only') && { readOnly: true }),
      ...(booleanFlag(context, 'insecure') && { insecure: true }),
      ...(booleanFlag(context, 'ascii') && { ascii: true }),
      ...(booleanFlag(context, 'no-color') && { color: false }),
      // Ink's own name for it, which other consoles made with it go by, too.
      ...((booleanFlag(context, 'screen-reader') || env.INK_SCREEN_READER === 'true') && {
        screenReader: true,
      }),
    });
};

/** The configuration to run with; undefined after its problems were printed. `file` overrides `--config`. */
export const loadConfigFor = async (context: CommandContext, file?: string): Promise<Config | undefined> => {
  const loaded = (await configLoader(context, file))();
  if (loaded.ok) return loaded.config;
  context.stderr.write(`${formatProblems(loaded.problems)}\n`);
  return undefined;
};
