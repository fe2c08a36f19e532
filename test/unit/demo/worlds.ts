/** Simulated worlds for the tests of the demo: a fixed topology and a repeatable random. */
import { buildScenario, type Scenario, type ScenarioName } from '../../../src/demo/sim/scenarios.ts';
import { World } from '../../../src/demo/sim/world.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

export const topology = builtinTopology();

/** Park–Miller: the same numbers for the same seed. */
export const seededRandom = (seed: number): (() => number) => {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

export const nodeNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `node${String(index + 1).padStart(2, '0')}`);

export const worldOf = (
  name: ScenarioName,
  options: { readonly nodes?: number; readonly seed?: number; readonly change?: Partial<Scenario> } = {},
): World => {
  const nodes = nodeNames(options.nodes ?? 3);
  const scenario = { ...buildScenario(name, topology, nodes), ...options.change };
  return new World({ topology, nodes, scenario, random: seededRandom(options.seed ?? 1) });
};

/** `active/running`, the way systemctl names it. */
export const stateOf = (world: World, node: string, unit: string): string => {
  const state = world.node(node)?.manager?.unit(unit);
  return state === undefined ? 'none' : `${state.active}/${state.sub}`;
};

/** The body of a service's first check, parsed. */
export const bodyOf = (world: World, node: string, service: string): Record<string, unknown> => {
  const spec = topology.services.find((each) => each.name === service)?.checks[0];
  if (spec === undefined) throw new Error(`no check of ${service}`);
  return JSON.parse(world.answer(node, service, spec).body) as Record<string, unknown>;
};
