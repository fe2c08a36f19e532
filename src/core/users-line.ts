/** What it means for the users of the cloud, in one line: what is lost, what is worse, and what goes on. */
import { sentenceList } from './format.ts';
import { LINE_CHARS } from './line-words.ts';
import type { CapabilityState, Risk } from './model/cluster.ts';
import type { CapabilityId, ServiceName, Topology } from './model/topology.ts';

/** "New VMs" → "new VMs" inside a sentence; DNS, API and the like keep their capitals. */
export const inSentence = (title: string): string =>
  /^.[A-Z0-9]/u.test(title) ? title : `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;

const asSentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** What operators do, not users; said only when nothing else is. */
const OPERATORS: readonly CapabilityId[] = ['control-plane', 'configuration'];

/** Those that users notice; what only operators do, when it is all there is. */
export const forUsers = <T extends { readonly id: CapabilityId }>(states: readonly T[]): readonly T[] => {
  const users = states.filter((state) => !OPERATORS.includes(state.id));
  return users.length > 0 ? users : states;
};

/** `… are down`, or whatever `what` says, for as many as fit into `room` characters, the rest as a number. */
export const clause = (states: readonly { readonly title: string }[], what: string, room: number): string => {
  const titles = states.map((state) => inSentence(state.title));
  for (let shown = titles.length; shown > 0; shown -= 1) {
    const rest = titles.length - shown;
    const items = rest === 0 ? titles : [...titles.slice(0, shown), `${rest} more`];
    const text = `${asSentence(sentenceList(items))} ${what}`;
    if (text.length <= room || shown === 1) return text;
  }
  return '';
};

/** What the matrix marks ✓ for one of the services in question, and what nothing else takes away. */
const spared = (
  topology: Topology,
  capabilities: readonly CapabilityState[],
): CapabilityState | undefined => {
  const works = new Map(
    capabilities.filter((state) => state.state === 'works').map((state) => [state.id, state]),
  );
  // What is degraded besides must not change what is said of a loss.
  const worst = capabilities.some(({ state }) => state === 'lost') ? 'lost' : 'degraded';
  const worse = capabilities.filter(({ state }) => state === worst);
  const hurt = new Set(worse.map((state) => state.id));
  const guilty = new Set(worse.flatMap((state) => state.because));
  const touching = topology.services.filter((service) =>
    service.impact.some((row) => row.capabilities.some((id) => hurt.has(id))),
  );
  const ordered = [
    ...touching.filter((service) => guilty.has(service.name)),
    ...touching.filter((service) => !guilty.has(service.name)),
  ];
  for (const service of ordered) {
    for (const row of service.impact) {
      if (row.severity !== 'works') continue;
      const found = row.capabilities.flatMap((id) => works.get(id) ?? [])[0];
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

/** The services behind what is at risk in this way, each once. */
const atRisk = (
  topology: Topology,
  capabilities: readonly CapabilityState[],
  kind: Risk['kind'],
): readonly { readonly title: string; readonly risk: Risk }[] => {
  const found = new Map<ServiceName, Risk>();
  for (const { state, causes } of capabilities) {
    if (state !== 'at-risk') continue;
    for (const { service, risk } of causes) if (risk?.kind === kind) found.set(service, risk);
  }
  return [...found].map(([name, risk]) => ({
    title: topology.services.find((service) => service.name === name)?.title ?? name,
    risk,
  }));
};

/** What one more failure would take, from the most to the least precise; none where nothing is at risk. */
const riskWords = (topology: Topology, capabilities: readonly CapabilityState[]): readonly string[] => {
  // Two leaders are no lack of redundancy: whoever names them says what they mean.
  if (atRisk(topology, capabilities, 'split').length > 0) return [];
  const quorums = atRisk(topology, capabilities, 'quorum').map(({ title }) => title);
  const [title = ''] = quorums;
  if (quorums.length === 1) {
    return [`one more ${title} member and the quorum is gone.`, 'one more failure breaks the quorum.'];
  }
  if (quorums.length > 1) {
    return [
      `one more member and ${sentenceList(quorums, 'or')} has no quorum.`,
      'one more failure breaks a quorum.',
    ];
  }
  const alone = atRisk(topology, capabilities, 'last');
  const [first] = alone;
  if (first?.risk.kind !== 'last') return [];
  return alone.length === 1
    ? [
        `one more failure takes ${first.title}: only ${first.risk.node} runs it.`,
        `one more failure takes ${first.title}.`,
      ]
    : [`${alone.length} services have one instance left each.`];
};

const firstFitting = (texts: readonly string[]): string | undefined =>
  texts.find((text) => text.length <= LINE_CHARS);

/** A claim that all goes on needs to have seen all. */
const isSettled = (capabilities: readonly CapabilityState[]): boolean =>
  capabilities.every(({ state }) => state !== 'unknown' && state !== 'starting');

/**
 * The impact on users in at most 76 characters where that is possible; undefined when every capability works and would
 * outlive one more failure. With a node out of sight nothing is said to be unaffected.
 */
export const usersLine = (
  topology: Topology,
  capabilities: readonly CapabilityState[],
  isAllSeen: boolean,
): string | undefined => {
  const lost = forUsers(capabilities.filter((state) => state.state === 'lost'));
  const degraded = forUsers(capabilities.filter((state) => state.state === 'degraded'));
  const risks = riskWords(topology, capabilities);
  if (lost.length === 0 && degraded.length === 0) {
    const lead = isSettled(capabilities) ? 'Nothing is lost, but ' : '';
    return firstFitting(risks.map((words) => asSentence(`${lead}${words}`)));
  }

  const kept = isAllSeen ? spared(topology, capabilities) : undefined;
  const tail = kept === undefined ? '' : ` ${asSentence(kept.title)} are not affected.`;
  if (lost.length === 0) {
    const bare = clause(degraded, 'are degraded', LINE_CHARS);
    const both = firstFitting(risks.map((words) => `${bare}; ${words}`));
    return both ?? `${clause(degraded, 'are degraded.', LINE_CHARS - tail.length)}${tail}`;
  }
  const head = clause(lost, 'are down.', LINE_CHARS - tail.length);
  if (degraded.length === 0) return `${head}${tail}`;
  const middle = ` ${clause(degraded, 'are degraded.', LINE_CHARS)}`;
  return head.length + middle.length + tail.length <= LINE_CHARS
    ? `${head}${middle}${tail}`
    : `${head}${tail}`;
};

const BRIEF_CHARS = 36;

/** "Down: new VMs, API logins +3": as many as fit, and the first of the tails with which one of them does. */
const briefList = (
  lead: string,
  states: readonly CapabilityState[],
  tails: readonly string[] = [''],
): string => {
  const titles = states.map(({ title }) => inSentence(title));
  const tries = tails.flatMap((tail) =>
    titles.map((_, index) => {
      const rest = index === 0 ? '' : ` +${index}`;
      return `${lead}${titles.slice(0, titles.length - index).join(', ')}${rest}${tail}`;
    }),
  );
  return tries.find((text) => text.length <= BRIEF_CHARS) ?? tries.at(-1) ?? '';
};

const briefRisk = (topology: Topology, capabilities: readonly CapabilityState[]): string | undefined => {
  if (atRisk(topology, capabilities, 'split').length > 0) return undefined;
  if (atRisk(topology, capabilities, 'quorum').length > 0) return 'no vote to spare';
  const alone = atRisk(topology, capabilities, 'last');
  const [first] = alone;
  if (first?.risk.kind !== 'last') return undefined;
  return alone.length === 1 ? `${first.title} runs once` : `${alone.length} services run once`;
};

/** What the impact on users comes to where there is no room for the sentence; undefined where nothing is to be said. */
export const usersBrief = (
  topology: Topology,
  capabilities: readonly CapabilityState[],
): string | undefined => {
  const lost = forUsers(capabilities.filter(({ state }) => state === 'lost'));
  if (lost.length > 0) return briefList('Down: ', lost);
  const degraded = forUsers(capabilities.filter(({ state }) => state === 'degraded'));
  const risk = briefRisk(topology, capabilities);
  if (degraded.length === 0) return risk === undefined ? undefined : asSentence(risk);
  const tails = [...(risk === undefined ? [] : [` degraded; ${risk}`]), ' degraded'];
  return asSentence(briefList('', degraded, tails));
};
