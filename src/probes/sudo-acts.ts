/** Looks into a node's journal for what its sudo let others do lately. */
import { type NodeTime, parseSudoActs, SUDO_FIELDS, type SudoAct } from '../core/audit/sudo-acts.ts';
import type { Link } from '../ssh/types.ts';
import { refusalAtEnd } from './journal.ts';

const TIMEOUT_MS = 8000;
const MAX_BYTES = 512 * 1024;

/** Newest first: what does not fit is the oldest, whatever an older journalctl makes of `--lines` with `--since`. */
const SUDO_JOURNAL: readonly string[] = [
  'journalctl',
  '--since=-10min',
  '--reverse',
  '--output=json',
  '--no-pager',
  `--output-fields=${SUDO_FIELDS.join(',')}`,
  'SYSLOG_IDENTIFIER=sudo',
];

export type SudoActsAsk = {
  /** Where the user may not read the journal, `sudo -n` may be tried. */
  readonly sudo: boolean;
  readonly time: NodeTime | undefined;
  readonly signal: AbortSignal;
};

/** Newest first; none where the node is not connected or does not let its journal be read. Never rejects. */
export const askSudoActs = async (
  link: Pick<Link, 'node' | 'run' | 'state'>,
  { sudo, time, signal }: SudoActsAsk,
): Promise<readonly SudoAct[]> => {
  const ways = sudo ? [SUDO_JOURNAL, ['sudo', '-n', ...SUDO_JOURNAL]] : [SUDO_JOURNAL];
  for (const words of ways) {
    if (signal.aborted || link.state().state !== 'up') return [];
    const ran = await link.run(words, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal });
    if (!ran.ok) return [];
    const { exitCode, stderr, stdout } = ran;
    if (refusalAtEnd({ kind: 'exited', exitCode, stderr }) !== undefined) continue;
    return exitCode === 0 ? parseSudoActs(stdout, link.node, time) : [];
  }
  return [];
};
