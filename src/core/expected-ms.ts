/** How long units take to come back, by what is documented. */
import { serviceByUnit, stepByName } from './graph.ts';
import type { Topology, UnitName } from './model/topology.ts';

/** Documented time until the last of `units` is back, ms: each starts when those of them that it waits for are up. */
export const expectedMs = (topology: Topology, units: readonly UnitName[]): number => {
  const readyMs = new Map<UnitName, number>();
  const readyAt = (name: UnitName): number => {
    const known = readyMs.get(name);
    if (known !== undefined) return known;
    // Entered before its dependencies are followed, so that a cycle ends.
    readyMs.set(name, 0);
    const unit = serviceByUnit(topology, name) ?? stepByName(topology, name);
    const waitsFor = [...(unit?.requires ?? []), ...(unit?.after ?? [])].filter((other) =>
      units.includes(other),
    );
    const ready = Math.max(0, ...waitsFor.map(readyAt)) + (unit?.startMs ?? 0);
    readyMs.set(name, ready);
    return ready;
  };
  return Math.max(0, ...units.map(readyAt));
};
