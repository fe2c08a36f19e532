/** Runs scripts on a simulated node, without servers. */
import type { Output, Shell } from '../../../src/demo/shell/reply.ts';
import { ScriptRun } from '../../../src/demo/shell/session.ts';
import type { World } from '../../../src/demo/sim/world.ts';

/** Wall time of world time 0 in these tests: Mon 2026-11-23 10:00:00 UTC. */
export const WALL_MS = Date.UTC(2026, 10, 23, 10);

const fromWallStart = (worldMs: number): number => WALL_MS + worldMs;

const shellOf = (world: World, node: string, wallMs: Shell['wallMs'], user: string): Shell | undefined => {
  const { power, manager } = world.node(node) ?? {};
  if (power !== 'up' || manager === undefined) return undefined;
  return { world, node, manager, user, wallMs };
};

export const begin = (
  world: World,
  node: string,
  script: string,
  wallMs = fromWallStart,
  user = 'ops',
): ScriptRun => new ScriptRun(script, () => shellOf(world, node, wallMs, user));

/** Runs a script to its end, letting world time pass while it waits. */
export const run = (world: World, node: string, script: string, user = 'ops'): Output => {
  const running = begin(world, node, script, fromWallStart, user);
  let out = '';
  let err = '';
  for (let round = 0; round < 2000; round += 1) {
    const said = running.poll();
    out += said.out;
    err += said.err;
    if (said.code !== undefined) return { out, err, code: said.code };
    world.advance(world.nowMs + 100);
  }
  throw new Error(`never ended: ${script}`);
};
