/** Roots that are one thing to a person, folded into one cause: alike on several nodes, or alike on one. */
import { plural } from '../format.ts';
import { listNodes } from '../line-words.ts';
import type { Changed, RootCause } from '../model/cause.ts';
import type { InstanceState } from '../model/cluster.ts';
import type { InstanceId, NodeName } from '../model/inventory.ts';
import { sizeWords } from '../split.ts';
import type { CauseInput, Draft } from './draft.ts';
import { isDark, membersOf, stepId, stepOn, unique, withoutSuffix } from './judged.ts';
import { alike, type Fault, faultOf, type TlsFailure } from './kind.ts';
import { type Root, rootKey, type Tracer } from './origin.ts';
import { pathDraft } from './path.ts';
import { sharedTag } from './shared.ts';
import { firstOf, instanceChange, nodeChange, since, sinceOf, unwellSince } from './timing.ts';
import { commonCause, groupSize } from './words.ts';

/** A cause without what it does: that is known when all of them are. */
export type Folded = Omit<RootCause, 'verdict' | 'explains'> & { readonly roots: readonly string[] };

const finish = (draft: Draft, { topology, inventory, options }: CauseInput): Folded => {
  const order = new Map(inventory.nodes.map(({ name }, index) => [name, index]));
  const nodes = [...draft.nodes.keys()].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const concerned = new Set(draft.instances.map(({ service }) => service));
  const shared = sharedTag(draft.nodes, inventory);
  const place =
    shared === undefined
      ? (draft.place ?? listNodes(nodes))
      : `${groupSize(shared, nodes.length)} nodes of ${shared.tag}`;
  // A certificate is no thing that runs somewhere.
  const link = /certificates?$/u.test(draft.what) && draft.kind === 'certificate' ? ' of ' : ' on ';
  const where = [draft.what, place].filter((part) => part !== '').join(link);
  const together =
    shared === undefined ? '' : `, changed within ${Math.max(1, Math.ceil(shared.withinMs / 1000))} s`;
  const changes = [...draft.nodes.values()];
  return {
    id: `${draft.kind}:${draft.subjects[0] ?? ''}`,
    kind: draft.kind,
    subjects: draft.subjects,
    nodes,
    services: topology.services.flatMap(({ name }) => (concerned.has(name) ? [name] : [])),
    where,
    why: `${draft.why}${together}`,
    sinceMs: draft.sinceMs,
    changed: draft.changed ?? (changes.length > 0 ? firstOf(changes) : since(draft.sinceMs, options)),
    ...(shared === undefined ? {} : { shared }),
    ...(draft.certificates === undefined ? {} : { certificates: draft.certificates }),
    ...(draft.overdue === undefined ? {} : { overdue: draft.overdue }),
    roots: draft.roots.map(rootKey),
  };
};

const earliest = (instances: readonly { readonly sinceMs: number }[]): number =>
  Math.min(...instances.map(({ sinceMs }) => sinceMs));

const hereOn = (input: CauseInput, node: NodeName): readonly InstanceState[] =>
  (input.inventory.nodes.find(({ name }) => name === node)?.services ?? []).flatMap(
    (service) => input.state.instances.get(`${service}@${node}`) ?? [],
  );

const darkDraft = (input: CauseInput): Draft[] => {
  const dark = [...input.state.nodes.values()].filter(({ reachable }) => !reachable);
  if (dark.length === 0) return [];
  const changes = dark.map(({ name, sinceMs }): [NodeName, Changed] => [
    name,
    nodeChange(sinceMs, hereOn(input, name), input.facts, input.options),
  ]);
  return [
    {
      kind: 'unreachable',
      subjects: dark.map(({ name }) => name),
      instances: [],
      nodes: new Map(changes),
      what: '',
      why: 'no answer to any check',
      sinceMs: earliest(dark),
      roots: dark.map(({ name: node }) => ({ kind: 'node', node })),
    },
  ];
};

const leftDraft = (input: CauseInput, { left }: Tracer): Draft[] => {
  if (left.length === 0) return [];
  const services = left.flatMap((one) => one.services.map(({ name }) => `${name}@${one.node}`));
  const steps = left.flatMap((one) => one.steps.map((unit) => stepId(unit, one.node)));
  const names = unique([
    ...left.flatMap((one) => one.services.map(({ name }) => name)),
    ...left.flatMap((one) => one.steps.map(withoutSuffix)),
  ]);
  return [
    {
      kind: 'left-behind',
      subjects: [...services, ...steps],
      instances: services.flatMap((id) => input.state.instances.get(id as InstanceId) ?? []),
      nodes: new Map(left.map(({ node, sinceMs }) => [node, since(sinceMs, input.options)])),
      what: `${names[0] ?? ''}${names.length > 1 ? ` +${names.length - 1}` : ''}`,
      why: 'left behind: bring up',
      sinceMs: earliest(left),
      roots: [{ kind: 'left' }],
    },
  ];
};

/** A failed step, on however many nodes. */
const stepDrafts = (input: CauseInput, roots: readonly Root[]): Draft[] => {
  const failed = roots.flatMap((root) => {
    const step = root.kind === 'step' ? stepOn(input.state, root.node, root.unit) : undefined;
    return root.kind === 'step' && step !== undefined ? [{ root, step }] : [];
  });
  return [...Map.groupBy(failed, ({ step }) => step.unit)].flatMap(([unit, found]): Draft[] => {
    const [first] = found;
    if (first === undefined) return [];
    const holds =
      input.state.nodes.get(first.root.node)?.steps.filter((step) => step.by === unit).length ?? 0;
    const held = holds === 0 ? '' : `, holds ${plural(holds, 'step')}`;
    return [
      {
        kind: 'step',
        subjects: found.map(({ root }) => stepId(unit, root.node)),
        instances: [],
        nodes: new Map(found.map(({ root, step }) => [root.node, since(step.sinceMs, input.options)])),
        what: first.step.name,
        why: `${first.step.reason}${held}`,
        sinceMs: earliest(found.map(({ step }) => step)),
        roots: found.map(({ root }) => root),
      },
    ];
  });
};

/** Members that contradict each other, as far as nothing else explains why. */
const splitDrafts = (input: CauseInput, { splits, rootOf }: Tracer): Draft[] =>
  splits.flatMap(({ service, split, members: ids }): Draft[] => {
    const members = membersOf(input.state, service).filter(({ id }) => ids.includes(id));
    const own = members.filter(({ id }) => rootOf(id).kind === 'split');
    if (own.length === 0 && split.kind === 'sizes') return [];
    const told = own.length === 0 ? members : own;
    const changed = told.map((one) =>
      sinceOf(one, one.raftSinceMs ?? one.sinceMs, input.facts, input.options),
    );
    return [
      {
        kind: 'split',
        subjects: own.length === 0 ? [service] : own.map(({ id }) => id),
        instances: members,
        nodes: new Map(told.map(({ node }, index) => [node, changed[index] ?? { fromMs: 0, toMs: 0 }])),
        what: service,
        why:
          split.kind === 'two-leaders'
            ? 'each says it leads'
            : sizeWords(
                told.map(({ node }) => node),
                split.sizes,
              ),
        sinceMs: Math.min(...told.map((one) => one.raftSinceMs ?? one.sinceMs)),
        roots: [{ kind: 'split', service }],
      },
    ];
  });

/** A group that does not work, though none of its members is to blame. */
const groupDrafts = (input: CauseInput, roots: readonly Root[]): Draft[] =>
  roots.flatMap((root): Draft[] => {
    const service = root.kind === 'service' ? input.state.services.get(root.service) : undefined;
    if (service === undefined) return [];
    return [
      {
        kind: service.quorum?.standing === 'forming' ? 'starting' : 'no-leader',
        subjects: [service.name],
        instances: membersOf(input.state, service.name),
        nodes: new Map(),
        what: service.name,
        why: service.reason,
        sinceMs: service.sinceMs,
        roots: [root],
      },
    ];
  });

type Faulty = { readonly instance: InstanceState; readonly fault: Fault; readonly changed: Changed };

const TLS_WORDS: Readonly<Record<TlsFailure, string>> = {
  'tls-expired': 'expired',
  'tls-untrusted': 'not trusted',
  'tls-name': 'in another name',
};

const nodesOf = (found: readonly Faulty[]): ReadonlyMap<NodeName, Changed> =>
  new Map(
    [...Map.groupBy(found, ({ instance }) => instance.node)].map(([node, here]) => [
      node,
      firstOf(here.map(({ changed }) => changed)),
    ]),
  );

/** How many certificates these are; of one that is not known its node is taken to have one. */
const certificatesOf = (found: readonly Faulty[]): number =>
  new Set(found.map(({ instance, fault }) => fault.certificate ?? `of ${instance.node}`)).size;

const instanceDraft = (found: readonly Faulty[], what: string): Draft => ({
  kind: found[0]?.fault.kind ?? 'unhealthy',
  subjects: found.map(({ instance }) => instance.id),
  instances: found.map(({ instance }) => instance),
  nodes: nodesOf(found),
  what,
  why:
    found[0]?.fault.kind === 'late' || found[0]?.fault.kind === 'starting'
      ? found[0].fault.why
      : commonCause(found.map(({ instance }) => instance)),
  sinceMs: earliest(found.map(({ instance }) => ({ sinceMs: unwellSince(instance) }))),
  roots: found.map(({ instance }): Root => ({ kind: 'instance', id: instance.id })),
  ...(found[0]?.fault.kind === 'certificate' ? { certificates: certificatesOf(found) } : {}),
});

/** "expired, the same on both nodes" */
const tlsWords = (tls: TlsFailure, certificates: number, nodes: number): string =>
  certificates > 1 || nodes < 2
    ? TLS_WORDS[tls]
    : `${TLS_WORDS[tls]}, the same on ${nodes === 2 ? 'both' : `all ${nodes}`}`;

/** A certificate is wrong for all that answers with it: on one node, or, where it is the very same, on several. */
const certificateDrafts = (all: readonly Faulty[]): { drafts: Draft[]; taken: ReadonlySet<Faulty> } => {
  const wrong = all.filter(({ fault }) => fault.tls !== undefined);
  const onNode = ({ instance, fault }: Faulty): string => `${fault.tls} ${instance.node}`;
  const perNode = Map.groupBy(wrong, onNode);
  // One service with it on several nodes is told of as that service.
  const ofSeveral = new Set(
    [...Map.groupBy(wrong, ({ fault }) => fault.certificate)].flatMap(([certificate, found]) =>
      new Set(found.map(({ instance }) => instance.service)).size > 1 ? [certificate] : [],
    ),
  );
  const shared = wrong.filter(
    (one) =>
      (perNode.get(onNode(one))?.length ?? 0) > 1 ||
      (one.fault.certificate !== undefined && ofSeveral.has(one.fault.certificate)),
  );
  const drafts = [...Map.groupBy(shared, ({ fault }) => fault.tls)].flatMap(([tls, found]): Draft[] => {
    const nodes = nodesOf(found);
    const count = certificatesOf(found);
    const what = count === 1 ? 'certificate' : nodes.size === 1 ? `${count} certificates` : 'certificates';
    return tls === undefined
      ? []
      : [
          {
            ...instanceDraft(found, what),
            subjects: [...nodes.keys()],
            why: tlsWords(tls, count, nodes.size),
          },
        ];
  });
  return { drafts, taken: new Set(shared) };
};

/** Those that fail alike on one node are one thing about that node, unless they fail elsewhere, too. */
const instanceDrafts = (all: readonly Faulty[]): Draft[] => {
  const variant = ({ instance, fault }: Faulty): string =>
    instance.verdict === 'degraded' ? `${fault.kind} ${alike(fault.why)}` : fault.kind;
  const byService = Map.groupBy(all, (one) => `${one.instance.service} ${variant(one)}`);
  const groups = [...byService.values()];
  const alone = groups.flatMap((group) => (group.length === 1 ? group : []));
  const onNode = Map.groupBy(
    alone,
    ({ instance, fault }) => `${instance.node} ${instance.verdict} ${fault.kind} ${alike(fault.why)}`,
  );
  const place = new Map(all.map((one, index) => [one, index]));
  const placeOf = ([first]: readonly Faulty[]): number => (first && place.get(first)) ?? 0;
  const folded = [...groups.filter((group) => group.length > 1), ...onNode.values()];
  return folded
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((found) => {
      const names = unique(found.map(({ instance }) => instance.service));
      const what =
        names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} +${names.length - 2}`;
      return instanceDraft(found, what);
    });
};

/** The causes behind `roots`, each once. */
export const foldRoots = (input: CauseInput, tracer: Tracer, roots: readonly Root[]): readonly Folded[] => {
  const faulty = roots.flatMap((root): Faulty[] => {
    const instance = root.kind === 'instance' ? input.state.instances.get(root.id) : undefined;
    if (instance === undefined || isDark(input.state, instance)) return [];
    const fault = faultOf(instance, input.facts);
    return [{ instance, fault, changed: instanceChange(instance, input.facts, input.options) }];
  });
  const { drafts, taken } = certificateDrafts(faulty);
  return [
    ...darkDraft(input),
    ...pathDraft(input),
    ...drafts,
    ...leftDraft(input, tracer),
    ...stepDrafts(input, roots),
    ...splitDrafts(input, tracer),
    ...groupDrafts(input, roots),
    ...instanceDrafts(faulty.filter((one) => !taken.has(one))),
  ].map((draft) => finish(draft, input));
};
