/** `plasmatop [watch]`: the console on the configured cluster. */
import { type CommandRun, exitCode } from './context.ts';
import { configLoader, loadConfigFor } from './load-config.ts';

export const watch: CommandRun = async (context) => {
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const { runConsole } = await import('./console.ts');
  return runConsole(config, 'live', context, await configLoader(context));
};
