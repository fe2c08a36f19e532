/** What systemd 252 said during real boots, as one node's look; and the progress told from looks. */
import { readFileSync } from 'node:fs';
import type { BootEntry, BootProgress } from '../../../../src/core/first-boot/model.ts';
import { bootProgress } from '../../../../src/core/first-boot/progress.ts';
import type { NodeUnits, UnitFacts } from '../../../../src/core/model/observation.ts';
import { parseShow } from '../../../../src/probes/systemd-show.ts';
import { judged, seen, worldOf } from '../world.ts';

export const shown = (name: string): UnitFacts[] =>
  parseShow(readFileSync(new URL(`../../../fixtures/systemd/${name}`, import.meta.url), 'utf8'));

/** The node's clock at each of the twelve looks of a first boot, ms. */
const CLOCKS = [1342, 1344, 1349, 1351, 1353.4, 1355.5, 1357.6, 1359.7, 1361.8, 1364, 1366, 1368];

/** The n-th look (1 to 12) at a real first boot, during which novanet's start job was cancelled by hand. */
export const firstBoot = (n: number): Omit<NodeUnits, 'atMs'> => ({
  monotonicMs: (CLOCKS[n - 1] ?? 0) * 1000,
  systemState: 'starting',
  units: shown(`firstboot-show-${String(n).padStart(2, '0')}.out`),
});

/** The progress of a cluster whose nodes were just looked at; undefined: that node was not. */
export const progressOf = (...looks: readonly (Omit<NodeUnits, 'atMs'> | undefined)[]): BootProgress => {
  const world = worldOf(looks.length);
  const facts = seen(
    world,
    looks.flatMap((look, index) => {
      const node = world.inventory.nodes[index]?.name ?? '';
      return look === undefined
        ? []
        : [{ kind: 'units' as const, node, look: { ...look, atMs: world.nowMs } }];
    }),
  );
  return bootProgress({ ...facts, cluster: judged(facts) });
};

export const entryOf = (progress: BootProgress, name: string, node = 0): BootEntry => {
  const found = progress.nodes[node]?.entries.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no entry ${name}`);
  return found;
};

/** "chainfire starting": every entry of a node in order. */
export const statesOf = (progress: BootProgress, node = 0): string[] =>
  (progress.nodes[node]?.entries ?? []).map((entry) => `${entry.name} ${entry.state}`);
