/** The words of `plasmatop logs`: what is read, of which nodes, and from when. Pure. */
import type { Config } from '../config/types.ts';
import { sentenceList } from '../core/format.ts';
import { serviceByName, stepByName, watchedUnits } from '../core/graph.ts';
import type { LogPart } from '../core/logs/model.ts';
import type { ActionTarget } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { parseTargets, type Refusal } from './act-words.ts';
import type { HelpSection } from './help-text.ts';

export const logsHelp: readonly HelpSection[] = [
  {
    title: 'What can be read',
    rows: [
      ['SERVICE, STEP', 'its journal on every node that has it, merged by time'],
      ['SERVICE@NODE', 'on that node alone; --node does the same'],
      ['NODE', 'all that is watched on that node'],
    ],
  },
];

export type LogsWords = {
  readonly parts: readonly LogPart[];
  /** Nodes that are left out because there is no ssh to them. */
  readonly leftOut: readonly NodeName[];
  readonly lines: number;
  readonly since?: string;
  readonly priority?: number;
  readonly boot?: number;
};

export type LogsFlags = {
  readonly nodes: readonly string[];
  readonly lines: string | undefined;
  readonly since: string | undefined;
  readonly priority: string | undefined;
  readonly boot: string | undefined;
};

export type ParsedLogs =
  | { readonly ok: true; readonly words: LogsWords }
  /** `config`: the words are right, but there is no ssh to ask with. */
  | { readonly ok: false; readonly by: 'usage' | 'config'; readonly refusal: Refusal };

const LINES = 100;
/** With --since all of it is wanted, within reason. */
const LINES_SINCE = 20_000;
const LINES_MAX = 100_000;

/** The words of --priority, and what journalctl numbers them. */
export const PRIORITIES: Readonly<Record<string, number>> = {
  emerg: 0,
  emergency: 0,
  alert: 1,
  crit: 2,
  critical: 2,
  err: 3,
  error: 3,
  warning: 4,
  warn: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const SPAN = /^\d{1,6}[smhd]$/u;
/** What journalctl may read as a time: `2026-11-23 09:41`, `yesterday`, `@1700000000`, `-2h`, `2 hours ago`. */
const TIME = /^(?!-{2})[@+\w-][\w :.+-]{0,40}$/u;

const priorityOf = (text: string): number | undefined =>
  /^[0-7]$/u.test(text) ? Number(text) : PRIORITIES[text];

const usage = (message: string, remedy: string): ParsedLogs => ({
  ok: false,
  by: 'usage',
  refusal: { message, remedy },
});

const said = (word: string): string => sanitiseLine(word, 80);

const unitsOf = ({ topology, inventory }: Config, target: ActionTarget): readonly UnitName[] => {
  switch (target.kind) {
    case 'instance':
      return [serviceByName(topology, target.service)?.unit ?? []].flat();
    case 'step':
      return [stepByName(topology, target.step)?.unit ?? []].flat();
    case 'node':
      return inventory.nodes
        .filter(({ name }) => name === target.node)
        .flatMap((node) => watchedUnits(topology, node));
    default:
      return target satisfies never;
  }
};

const partsOf = (config: Config, targets: readonly ActionTarget[]): readonly LogPart[] =>
  [...Map.groupBy(targets, ({ node }) => node)].map(([node, own]) => ({
    node,
    units: [...new Set(own.flatMap((target) => unitsOf(config, target)))],
  }));

type Narrowed = Pick<LogsWords, 'lines' | 'since' | 'priority' | 'boot'>;

const narrowed = ({ lines, since, priority, boot }: LogsFlags): Narrowed | ParsedLogs => {
  if (lines !== undefined && !(/^\d{1,6}$/u.test(lines) && Number(lines) <= LINES_MAX)) {
    return usage(`--lines ${said(lines)} is no number of lines`, `0 to ${LINES_MAX}.`);
  }
  const from = since !== undefined && SPAN.test(since) ? `-${since}` : since;
  if (from !== undefined && !TIME.test(from)) {
    return usage(
      `--since ${said(from)} is no time`,
      '2h, 90s, "2026-11-23 09:41", today; as journalctl takes it.',
    );
  }
  const worst = priority === undefined ? undefined : priorityOf(priority);
  if (priority !== undefined && worst === undefined) {
    return usage(
      `no priority is called "${said(priority)}"`,
      'emerg, alert, crit, err, warning, notice, info, debug or 0 to 7.',
    );
  }
  if (boot !== undefined && !/^(?:0|-\d{1,4})$/u.test(boot)) {
    return usage(`--boot ${said(boot)} is no boot`, '0 is this one, -1 the one before.');
  }
  return {
    lines: lines === undefined ? (since === undefined ? LINES : LINES_SINCE) : Number(lines),
    ...(from === undefined ? {} : { since: from }),
    ...(worst === undefined ? {} : { priority: worst }),
    ...(boot === undefined ? {} : { boot: Number(boot) }),
  };
};

/** Reads the targets and flags against the topology and the nodes. */
export const parseLogs = (words: readonly string[], flags: LogsFlags, config: Config): ParsedLogs => {
  if (words.length === 0) {
    return usage('logs needs a target', 'As in plasmatop logs chainfire -f. See: plasmatop logs --help');
  }
  // A start is for all that has a journal: services, steps and nodes.
  const parsed = parseTargets('start', words, flags.nodes, config);
  if (!parsed.ok) return { ok: false, by: 'usage', refusal: parsed.refusal };
  const how = narrowed(flags);
  if ('ok' in how) return how;
  const all = partsOf(config, parsed.targets);
  const hasSsh = (name: NodeName): boolean =>
    config.ssh.enabled && config.inventory.nodes.find((node) => node.name === name)?.ssh !== undefined;
  const parts = all.filter(({ node }) => hasSsh(node));
  const leftOut = all.map(({ node }) => node).filter((node) => !hasSsh(node));
  if (parts.length === 0) {
    const message = config.ssh.enabled
      ? `no ssh to ${sentenceList(leftOut)}`
      : 'ssh is off in the configuration';
    return { ok: false, by: 'config', refusal: { message, remedy: 'Journals are read over ssh.' } };
  }
  return { ok: true, words: { parts, leftOut, ...how } };
};
