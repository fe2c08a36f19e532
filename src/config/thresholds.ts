/** The `services` block: from when on a service, or one of its checks, is slow here, whatever its topology says. */
import type { Topology } from '../core/model/topology.ts';
import { suggestName } from '../topology/names.ts';
import type { Report } from '../topology/source.ts';
import type { ConfigFile } from './schema.ts';

/** The topology with the thresholds of this configuration; reports services that it does not have. */
export const withThresholds = (
  topology: Topology,
  written: NonNullable<ConfigFile['services']>,
  report: Report,
): Topology => {
  const names = topology.services.map(({ name }) => name);
  const entries = Object.entries(written);
  if (entries.length === 0) return topology;
  for (const [name] of entries) {
    if (!names.includes(name))
      report(['services', name], `there is no service ${name}`, suggestName(name, names));
  }
  return {
    ...topology,
    services: topology.services.map((service) => {
      const own = written[service.name];
      if (own === undefined) return service;
      const ids = service.checks.map(({ id }) => id);
      for (const id of Object.keys(own.checks ?? {})) {
        if (!ids.includes(id))
          report(
            ['services', service.name, 'checks', id],
            `${service.name} has no check ${id}`,
            suggestName(id, ids),
          );
      }
      const checks = service.checks.map((check) => {
        const slowMs = own.checks?.[check.id]?.slow ?? own.slow;
        return slowMs === undefined ? check : { ...check, slowMs };
      });
      return { ...service, checks };
    }),
  };
};
