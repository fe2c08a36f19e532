/** Finds out how the account that ssh logs in as stands with a node's systemd: by its number, and by what polkit says. */
import type { AccountStanding } from '../core/model/observation.ts';
import { remoteCommand } from '../core/quote.ts';
import type { Link } from '../ssh/types.ts';

const TIMEOUT_MS = 20_000;

/** What systemd asks polkit about for start, stop, restart and reset-failed alike, naming the unit as a detail. */
const ACTION = 'org.freedesktop.systemd1.manage-units';

const MARK = {
  begin: 'plasmatop:uid',
  polkit: 'plasmatop:polkit',
  may: 'plasmatop:may',
  bus: 'plasmatop:bus',
  end: 'plasmatop:end',
} as const;

/** About itself a process may ask without rights; about a unit, which is a detail, only root may. It asks nobody back. */
const CHECK = `exec pkcheck --action-id ${ACTION} --process "$$"`;
const NAMES = ['busctl', '--system', '--no-pager', '--no-legend', '--acquired', '--activatable', 'list'];

const echo = (mark: string): string => remoteCommand(['echo', mark]);

/** One line for the node's shell; nothing but words of ours is in it, and it changes nothing. */
export const ACCOUNT_LINE = [
  echo(MARK.begin),
  'id -u',
  echo(MARK.polkit),
  `${remoteCommand(['sh', '-c', CHECK])} >/dev/null 2>&1 && ${echo(MARK.may)}`,
  echo(MARK.bus),
  `${remoteCommand(NAMES)} 2>/dev/null && ${echo(MARK.end)}`,
].join('; ');

const POLKIT_NAME = /^org\.freedesktop\.PolicyKit1(?:\s|$)/u;

/**
 * What `ACCOUNT_LINE` printed; undefined where it does not tell. Whatever pkcheck says but yes may be different for one
 * unit. systemd takes a polkit that nobody could start for a no.
 */
export const parseAccount = (stdout: string): AccountStanding | undefined => {
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const begin = lines.indexOf(MARK.begin);
  const polkit = lines.indexOf(MARK.polkit, begin);
  const bus = lines.indexOf(MARK.bus, polkit);
  if (begin === -1 || polkit === -1 || bus === -1) return undefined;
  const uid = lines.slice(begin + 1, polkit).find((line) => /^\d{1,10}$/u.test(line));
  if (uid === undefined) return undefined;
  if (uid === '0') return 'root';
  if (lines.slice(polkit, bus).includes(MARK.may)) return 'polkit';
  const end = lines.indexOf(MARK.end, bus);
  if (end === -1) return undefined;
  return lines.slice(bus, end).some((line) => POLKIT_NAME.test(line)) ? 'untold' : 'none';
};

/** Undefined when that cannot be told. Never rejects. */
export const askAccount = async (link: Link, signal: AbortSignal): Promise<AccountStanding | undefined> => {
  const ran = await link.runLine(ACCOUNT_LINE, { timeoutMs: TIMEOUT_MS, signal });
  return ran.ok && !ran.truncated ? parseAccount(ran.stdout) : undefined;
};
