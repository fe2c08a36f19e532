/** Endpoints that answer as somebody else: by the names in their certificates, and by one certificate on several nodes. */
import { certificateKey, certificateNames } from '../certificate.ts';
import { onNodes } from '../line-words.ts';
import type { Contradiction } from '../model/cause.ts';
import type { CheckFacts, ClusterFacts, InstanceState } from '../model/cluster.ts';
import type { CheckTarget, ClusterNode, Inventory } from '../model/inventory.ts';
import type { Certificate } from '../model/observation.ts';

type IdentityInput = { readonly inventory: Inventory; readonly facts: ClusterFacts };

const fits = (pattern: string, name: string): boolean => {
  const [one, other] = [pattern.toLowerCase(), name.toLowerCase()];
  // A star stands for one label.
  return one.startsWith('*.')
    ? other.slice(other.indexOf('.') + 1) === one.slice(2) && other.includes('.')
    : one === other;
};

const isNamed = (certificate: Certificate, host: readonly string[]): boolean =>
  certificateNames(certificate).some((pattern) => host.some((name) => fits(pattern, name)));

const namesOf = ({ name, address, serverName, ssh }: ClusterNode): readonly string[] => [
  name,
  address,
  ...(serverName === undefined ? [] : [serverName]),
  ...(ssh === undefined ? [] : [ssh]),
];

/** `foreign`: its names are known, and none of them is the node's. */
type Presented = {
  readonly instance: InstanceState;
  readonly certificate: Certificate;
  readonly isOwn: boolean;
  readonly isForeign: boolean;
};

/** Only where nobody verified the name, or where it did not pass, can somebody else be answering. */
const isDoubtful = ({ last }: CheckFacts): boolean =>
  last?.insecure === true || (last?.ok === false && last.failure.kind === 'tls-name');

/** May somebody else be answering for it? */
export const mayBeAnother = ({ insecure, verdict }: InstanceState): boolean =>
  insecure || verdict === 'down' || verdict === 'degraded';

/** The certificates that it answers with, each with whether it is the node's own. */
const presentedBy = (instance: InstanceState, { facts, inventory }: IdentityInput): readonly Presented[] => {
  const ownNames = ({ serverName, host }: CheckTarget): readonly string[] => [
    serverName,
    host,
    ...inventory.nodes.filter(({ name }) => name === instance.node).flatMap(namesOf),
  ];
  return instance.checks.flatMap(({ id }): Presented[] => {
    const check = facts.checks.get(id);
    const certificate = check?.last?.certificate;
    if (check === undefined || certificate === undefined || !isDoubtful(check)) return [];
    const isOwn = isNamed(certificate, ownNames(check.target));
    const isKnown = certificate.namesCut !== true && certificateNames(certificate).length > 0;
    return [{ instance, certificate, isOwn, isForeign: !isOwn && isKnown }];
  });
};

const nodeNamed = (
  { inventory }: IdentityInput,
  certificate: Certificate,
  except?: string,
): string | undefined =>
  inventory.nodes.find((node) => node.name !== except && isNamed(certificate, namesOf(node)))?.name;

/** One certificate on nodes that it is not all meant for: a key was copied, or one host answers for several. */
const sharedOnes = (presented: readonly Presented[], input: IdentityInput): readonly Contradiction[] =>
  [...Map.groupBy(presented, ({ certificate }) => certificateKey(certificate))].flatMap(
    ([key, found]): Contradiction[] => {
      const [first] = found;
      const at = new Set(found.map(({ instance }) => instance.node));
      if (key === undefined || first === undefined || at.size < 2) return [];
      // Of names that were cut off some may be theirs.
      if (first.certificate.namesCut === true || found.every(({ isOwn }) => isOwn)) return [];
      const nodes = input.inventory.nodes.flatMap(({ name }) => (at.has(name) ? [name] : []));
      const owner = nodeNamed(input, first.certificate) ?? certificateNames(first.certificate)[0];
      const whose = owner === undefined ? 'that names nobody' : `that of ${owner}`;
      const ids = [...new Set(found.map(({ instance }) => instance.id))];
      return [
        {
          id: `shared-certificate:${ids[0] ?? ''}`,
          kind: 'shared-certificate',
          words: `${onNodes(nodes, input.inventory.nodes.length)} answer with one certificate, ${whose}`,
          instances: ids,
        },
      ];
    },
  );

/** Of these instances, who answers as somebody else; what several nodes share is told once. */
export const identityContradictions = (
  instances: readonly InstanceState[],
  input: IdentityInput,
): readonly Contradiction[] => {
  const presented = instances.flatMap((instance) => presentedBy(instance, input));
  const shared = sharedOnes(presented, input);
  const told = new Set(shared.flatMap((one) => one.instances));
  const foreign = presented.filter(({ isForeign, instance }) => isForeign && !told.has(instance.id));
  const byInstance = new Map(foreign.toReversed().map((one) => [one.instance.id, one] as const));
  const own = [...byInstance.values()].toReversed().map(({ instance, certificate }): Contradiction => {
    const whose =
      nodeNamed(input, certificate, instance.node) ?? certificateNames(certificate)[0] ?? 'somebody else';
    const words = `${instance.id} answers with the certificate of ${whose}`;
    return { id: `identity:${instance.id}`, kind: 'identity', words, instances: [instance.id] };
  });
  return [...shared, ...own];
};
