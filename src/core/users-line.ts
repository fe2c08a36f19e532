/** What it means for the users of the cloud, in one line: what is lost, what is worse, and what goes on. */
import { sentenceList } from './format.ts';
import { LINE_CHARS } from './issue-words.ts';
import type { CapabilityState } from './model/cluster.ts';
import type { CapabilityId, Topology } from './model/topology.ts';

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
  const hurt = new Set(capabilities.filter((state) => state.state !== 'works').map((state) => state.id));
  const guilty = new Set(capabilities.flatMap((state) => state.because));
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

/**
 * The impact on users in at most 76 characters where that is possible; undefined when every capability works. With a
 * node out of sight nothing is said to be unaffected.
 */
export const usersLine = (
  topology: Topology,
  capabilities: readonly CapabilityState[],
  isAllSeen: boolean,
): string | undefined => {
  const lost = forUsers(capabilities.filter((state) => state.state === 'lost'));
  const degraded = forUsers(capabilities.filter((state) => state.state === 'degraded'));
  if (lost.length === 0 && degraded.length === 0) return undefined;

  const kept = isAllSeen ? spared(topology, capabilities) : undefined;
  const tail = kept === undefined ? '' : ` ${asSentence(kept.title)} are not affected.`;
  if (lost.length === 0) return `${clause(degraded, 'are degraded.', LINE_CHARS - tail.length)}${tail}`;
  const head = clause(lost, 'are down.', LINE_CHARS - tail.length);
  if (degraded.length === 0) return `${head}${tail}`;
  const middle = ` ${clause(degraded, 'are degraded.', LINE_CHARS)}`;
  return head.length + middle.length + tail.length <= LINE_CHARS
    ? `${head}${middle}${tail}`
    : `${head}${tail}`;
};
