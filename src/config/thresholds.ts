/** The `services` block: how a service, or one of its checks, is asked and judged here, whatever holds for the others. */
import type { CheckSpec, Service, Topology } from '../core/model/topology.ts';
import { suggestName } from '../topology/names.ts';
import type { Report } from '../topology/source.ts';
import { checkInterval, ownPace, type PaceLevel } from './pace.ts';
import type { ConfigFile } from './schema.ts';
import type { Config } from './types.ts';

type Written = NonNullable<ConfigFile['services']>[string];

/** Each problem once: checks of one service share what is written for the service. */
const reportOnce = (report: Report): Report => {
  const told = new Set<string>();
  return (path, message, remedy) => {
    const id = JSON.stringify([path, message]);
    if (!told.has(id)) report(path, message, remedy);
    told.add(id);
  };
};

/** The topology with the thresholds of this configuration; reports services and checks that it does not have. */
export const withThresholds = (
  topology: Topology,
  { services: written = {}, poll = {} }: Pick<ConfigFile, 'services' | 'poll'>,
  read: Config['poll'],
  report: Report,
): Topology => {
  const names = topology.services.map(({ name }) => name);
  const entries = Object.entries(written);
  if (entries.length === 0) return topology;
  for (const [name] of entries) {
    if (!names.includes(name))
      report(['services', name], `there is no service ${name}`, suggestName(name, names));
  }
  const withOwn = (service: Service, own: Written): Service => {
    const path = ['services', service.name];
    const ids = service.checks.map(({ id }) => id);
    for (const id of Object.keys(own.checks ?? {})) {
      if (!ids.includes(id))
        report([...path, 'checks', id], `${service.name} has no check ${id}`, suggestName(id, ids));
    }
    const common: PaceLevel = { path, written: own };
    checkInterval(common, report);
    const once = reportOnce(report);
    const checks = service.checks.map((check): CheckSpec => {
      const special = own.checks?.[check.id];
      const level: PaceLevel = { path: [...path, 'checks', check.id], written: special ?? {} };
      checkInterval(level, report);
      const slowMs = special?.slow ?? own.slow;
      return {
        ...check,
        ...(slowMs === undefined ? {} : { slowMs }),
        ...ownPace([level, common], { written: poll, read }, once),
      };
    });
    return { ...service, checks };
  };
  return {
    ...topology,
    services: topology.services.map((service) => {
      const own = written[service.name];
      return own === undefined ? service : withOwn(service, own);
    }),
  };
};
