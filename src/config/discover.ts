/** Where the configuration is looked for, and where the audit record goes by default. No file is read here. */
import { isAbsolute, join, resolve } from 'node:path';

export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
};

const FILE = 'plasmatop.yaml';

/** The XDG rule: a relative path in the variable counts as unset. */
const xdg = (value: string | undefined, fallback: string): string =>
  value !== undefined && isAbsolute(value) ? value : fallback;

/** The file that was asked for by flag or environment; it must exist. */
export const requestedFile = (
  flag: string | undefined,
  { env, cwd }: Surroundings,
): { readonly path: string; readonly by: string } | undefined => {
  if (flag !== undefined) return { path: resolve(cwd, flag), by: '--config' };
  const variable = env.PLASMATOP_CONFIG;
  return variable === undefined || variable === ''
    ? undefined
    : { path: resolve(cwd, variable), by: '$PLASMATOP_CONFIG' };
};

/** Files to try in order when none was asked for; the first that exists counts. */
export const candidateFiles = ({ env, cwd, home }: Surroundings): string[] => [
  join(cwd, FILE),
  join(xdg(env.XDG_CONFIG_HOME, join(home, '.config')), 'plasmatop', FILE),
  join('/etc/plasmatop', FILE),
];

const stateDirectory = ({ env, home }: Surroundings): string =>
  join(xdg(env.XDG_STATE_HOME, join(home, '.local', 'state')), 'plasmatop');

/** `$XDG_STATE_HOME/plasmatop/audit.jsonl`. */
export const defaultAuditFile = (surroundings: Surroundings): string =>
  join(stateDirectory(surroundings), 'audit.jsonl');

/** `$XDG_STATE_HOME/plasmatop/hint-shown`: a console has run for this account. */
export const hintMarker = (surroundings: Surroundings): string =>
  join(stateDirectory(surroundings), 'hint-shown');

/** `$XDG_STATE_HOME/plasmatop/logs`: what an operator saved. */
export const logsDirectory = (surroundings: Surroundings): string =>
  join(stateDirectory(surroundings), 'logs');
