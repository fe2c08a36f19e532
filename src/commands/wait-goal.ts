/** The words of `plasmatop wait`: what to wait for, and for how long. Pure. */
import type { Config } from '../config/types.ts';
import { sentenceList } from '../core/format.ts';
import { stepByName } from '../core/graph.ts';
import type { ClusterNode, NodeName } from '../core/model/inventory.ts';
import type { Service, Step } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { WaitGoal } from '../core/wait/model.ts';
import { suggestName } from '../topology/names.ts';
import type { HelpSection } from './help-text.ts';

/** The part of `plasmatop wait --help` that lists what can be waited for. */
export const waitHelp: readonly HelpSection[] = [
  {
    title: 'What to wait for',
    rows: [
      ['ready', 'every first-boot step done, every service up, quorums held'],
      ['healthy', 'every instance ok, quorums held'],
      ['SERVICE', 'ok on every node that runs it, and its quorum held'],
      ['STEP', 'a first-boot step, done on every node that has it'],
      ['SERVICE@NODE', 'on that node alone; STEP@NODE likewise'],
    ],
  },
];

export type WaitWords = {
  /** As it is said back: `ready`, `chainfire`, `flaredb-cluster-join@node03`. */
  readonly title: string;
  readonly goal: WaitGoal;
  /** Nodes that are left out because their systemd cannot be asked. */
  readonly leftOut: readonly NodeName[];
};

type Refusal = { readonly message: string; readonly remedy: string };

export type ParsedGoal =
  | { readonly ok: true; readonly words: WaitWords }
  /** `config`: the words are right, but this configuration has no ssh to ask with. */
  | { readonly ok: false; readonly by: 'usage' | 'config'; readonly refusal: Refusal };

type WaitConfig = Pick<Config, 'topology' | 'inventory' | 'ssh'>;

const refused = (message: string, remedy: string): ParsedGoal => ({
  ok: false,
  by: 'usage',
  refusal: { message, remedy },
});

const isStep = (of: Service | Step): of is Step => 'remainAfterExit' in of;

const runsOn = (of: Service | Step, node: ClusterNode): boolean => {
  const service = isStep(of) ? of.service : of.name;
  return service === undefined || node.services.includes(service);
};

/** Of `names` those whose systemd can be asked, and those that are left out. */
const askable = (
  title: string,
  names: readonly NodeName[],
  { inventory, ssh }: WaitConfig,
  goalOf: (nodes: readonly NodeName[]) => WaitGoal,
): ParsedGoal => {
  const hasSsh = (name: NodeName): boolean =>
    ssh.enabled && inventory.nodes.find((node) => node.name === name)?.ssh !== undefined;
  const nodes = names.filter(hasSsh);
  if (nodes.length > 0) {
    const leftOut = names.filter((name) => !hasSsh(name));
    return { ok: true, words: { title, goal: goalOf(nodes), leftOut } };
  }
  const where = ssh.enabled
    ? `${sentenceList(names.slice(0, 3))} has no ssh`
    : 'ssh is off in the configuration';
  return {
    ok: false,
    by: 'config',
    refusal: {
      message: `${title} is told by systemd, and ${where}`,
      remedy: 'Give the nodes ssh in the configuration, or wait for healthy: that needs none.',
    },
  };
};

/** Reads the value of --for against the topology and the nodes. */
export const parseGoal = (text: string, config: WaitConfig): ParsedGoal => {
  const { topology, inventory } = config;
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  const nodeName = at === -1 ? undefined : text.slice(at + 1);
  const all = inventory.nodes.map((node) => node.name);

  if (name === 'ready' || name === 'healthy') {
    if (nodeName !== undefined) {
      return refused(
        `${name} is of the whole cluster`,
        `--for ${name}, or a service or step on one node: chainfire@${nodeName}`,
      );
    }
    if (name === 'healthy')
      return { ok: true, words: { title: name, goal: { kind: 'healthy' }, leftOut: [] } };
    return askable(name, all, config, (nodes) => ({ kind: 'ready', nodes }));
  }

  const of: Service | Step | undefined =
    topology.services.find((service) => service.name === name || service.unit === name) ??
    stepByName(topology, name);
  if (of === undefined) {
    const names = ['ready', 'healthy', ...topology.services, ...topology.firstBoot.steps].map((one) =>
      typeof one === 'string' ? one : one.name,
    );
    return refused(`no service or step is called "${sanitiseLine(name, 80)}"`, suggestName(name, names));
  }
  if (nodeName !== undefined && !all.includes(nodeName)) {
    return refused(`no node is called "${sanitiseLine(nodeName, 80)}"`, suggestName(nodeName, all));
  }
  const placed = inventory.nodes.filter((node) => runsOn(of, node)).map((node) => node.name);
  const nodes = nodeName === undefined ? placed : placed.filter((one) => one === nodeName);
  if (nodes.length === 0) {
    return refused(
      `${of.name} does not run on ${nodeName ?? 'any node'}`,
      placed.length === 0 ? 'Give it to a node in the configuration.' : `It runs on ${sentenceList(placed)}.`,
    );
  }
  const title = nodeName === undefined ? of.name : `${of.name}@${nodeName}`;
  const whole = nodeName === undefined;
  return isStep(of)
    ? askable(title, nodes, config, (seen) => ({
        kind: 'step',
        name: of.name,
        unit: of.unit,
        nodes: seen,
        whole,
      }))
    : { ok: true, words: { title, goal: { kind: 'service', service: of.name, nodes, whole }, leftOut: [] } };
};

const SECONDS = /^\d{1,6}$/u;
const SPAN = /^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/u;
const MAX_TIMEOUT_MS = 7 * 24 * 3_600_000;

/** `90s`, `10m`, `1h30m` or plain seconds → ms, at most a week; undefined when it is none of these. */
export const parseTimeout = (text: string): number | undefined => {
  const span = SPAN.exec(SECONDS.test(text) ? `${text}s` : text);
  if (span === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = span;
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return ms <= MAX_TIMEOUT_MS ? ms : undefined;
};
