/** A topology laid out for judging: who hangs on whom, and an order in which every cause comes before its echoes. */
import { dependenciesOf } from './graph.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';

export type Wiring = {
  readonly service: Service;
  /** Services named in Requires=. */
  readonly hard: readonly ServiceName[];
};

/** The services that the answers of this one can speak of. */
const linkedServices = (service: Service): ServiceName[] =>
  service.checks.flatMap((check) =>
    check.kind === 'https-json'
      ? check.fields.flatMap((field) =>
          field.role === 'link' && field.service !== undefined ? [field.service] : [],
        )
      : [],
  );

/** Every service once, dependencies before dependents; a cycle is cut where it closes, so that order stays total. */
export const wiringOf = (topology: Topology): Wiring[] => {
  const services = new Map(topology.services.map((service) => [service.name, service]));
  const ordered = new Map<ServiceName, Wiring>();
  const entered = new Set<ServiceName>();
  const visit = (name: ServiceName): void => {
    const service = services.get(name);
    if (service === undefined || entered.has(name)) return;
    entered.add(name);
    const hard = dependenciesOf(topology, name)
      .filter((dependency) => dependency.hard)
      .map((dependency) => dependency.service);
    for (const other of [...hard, ...linkedServices(service)]) visit(other);
    ordered.set(name, { service, hard });
  };
  for (const service of topology.services) visit(service.name);
  return [...ordered.values()];
};
