/** Everything that could head the screen, worst first; each cause is told once. */
import type { CauseId, RootCause } from '../model/cause.ts';
import type { InstanceId, Inventory } from '../model/inventory.ts';
import type { Topology } from '../model/topology.ts';
import { causeNews } from './cause-news.ts';
import type { Found } from './find-causes.ts';
import { type Judged, subjectsOf } from './judged.ts';
import type { News } from './news.ts';
import { serviceNews } from './service-news.ts';

/** What changed first is named first, as far as the polls tell. */
const inOrder = (causes: readonly RootCause[]): readonly RootCause[] =>
  causes.toSorted((a, b) => a.changed.fromMs - b.changed.fromMs);

/** Of equals in the topology's order. */
export const allNews = (
  topology: Topology,
  inventory: Inventory,
  state: Judged,
  { causes, because, tracer }: Found,
): readonly News[] => {
  const isCalm =
    causes.length === 0 && [...state.services.values()].every(({ verdict }) => verdict !== 'down');
  if (isCalm) return [];
  const subjects = subjectsOf(topology, state);
  const byId = new Map(causes.map((cause) => [cause.id, cause]));
  const behind = (ids: readonly InstanceId[]): readonly RootCause[] => {
    const found = new Set<CauseId>(ids.flatMap((id) => because.get(id) ?? []));
    return inOrder([...found].flatMap((id) => byId.get(id) ?? []));
  };
  const ofGroup = (service: string): readonly RootCause[] =>
    causes.filter(
      (cause) => (cause.kind === 'split' || cause.kind === 'no-leader') && cause.services.includes(service),
    );
  const services = subjects.flatMap((subject): News[] => {
    const { name } = subject.service;
    const found = serviceNews(subject, behind, tracer.culprits(name));
    if (found === undefined) return [];
    return [found.causes.length > 0 ? found : { ...found, causes: ofGroup(name) }];
  });
  const alone = (cause: RootCause): boolean =>
    services.some((news) => news.causes.length === 1 && news.causes[0] === cause);
  const input = { topology, inventory, state, subjects, alone };
  const place = new Map(topology.services.map(({ name }, index) => [name, index]));
  const placeOf = ({ causes: [cause] }: News): number => place.get(cause?.services[0] ?? '') ?? -1;
  const single = causes
    .flatMap((cause) => causeNews(cause, input) ?? [])
    .toSorted((a, b) => placeOf(a) - placeOf(b));
  const ranked = [...services, ...single].toSorted((a, b) => a.rank - b.rank);

  const told = new Set<CauseId>();
  return ranked.filter((news) => {
    // A service that is down without a cause by name is told all the same.
    const isNew = news.causes.length === 0 || news.causes.some(({ id }) => !told.has(id));
    for (const { id } of news.causes) told.add(id);
    return isNew;
  });
};
