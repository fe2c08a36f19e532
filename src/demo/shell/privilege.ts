/** What systemd on a simulated node lets an account do: root all, anybody else what polkit there says. */
import type { Polkit } from '../sim/scenarios.ts';
import { failed, type Reply, type Shell } from './reply.ts';

export const isRoot = ({ user }: Shell): boolean => user === 'root';

export const polkitOf = ({ world, node }: Shell): Polkit => world.scenario.polkit?.get(node) ?? 'open';

/** systemctl's refusal of what only root may, one line per `what`; undefined: it may. `code`: without polkit. */
export const refusalFor = (shell: Shell, what: readonly string[], code: number): Reply | undefined => {
  const polkit = polkitOf(shell);
  if (isRoot(shell) || polkit === 'open') return undefined;
  const why = polkit === 'absent' ? 'Access denied' : 'Interactive authentication required.';
  return failed(what.map((one) => `Failed to ${one}: ${why}\n`).join(''), polkit === 'absent' ? code : 1);
};
