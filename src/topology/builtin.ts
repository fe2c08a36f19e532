/** PlasmaCloud's topology without the cost of YAML and zod at start: generated from plasmacloud.yaml, checked there. */
import type { Topology } from '../core/model/topology.ts';
import generated from './plasmacloud.generated.json' with { type: 'json' };

/** The built-in topology `plasmacloud`. */
export const builtinTopology = (): Topology =>
  // TypeScript reads the unions of a JSON module as plain strings; scripts/generate-topology.ts wrote it from a Topology.
  generated as unknown as Topology;
