/** What the nodes' units depend on is asked anew as soon as their systemd has read its files anew, and not before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type App, createApp } from '../../../src/app/app.ts';
import type { Config } from '../../../src/config/types.ts';
import { findDrift } from '../../../src/core/dependency-drift/drift.ts';
import { driftLine } from '../../../src/core/dependency-drift/words.ts';
import type { Demo } from '../../../src/demo/start.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { configOf, ssh, startTestDemo } from '../demo/demos.ts';

const UNIT = 'flaredb.service';
const LOST = 'flaredb requires chainfire: missing on node02';

const watching = async (demo: Demo, change: (config: Config) => Config): Promise<App> => {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-'));
  const app = createApp({
    ...{ config: change(configOf(demo)), clock: systemClock, random: Math.random },
    ...{ source: 'demo', runtimeDir },
  });
  onTestFinished(async () => {
    await app.stop();
    rmSync(runtimeDir, { recursive: true, force: true });
  });
  app.start();
  await until(() => expect(app.store.getState().facts.relations.size).toBe(3));
  expect(driftIn(app)).toEqual([]);
  return app;
};

const until = (holds: () => void): Promise<void> => waitFor(holds);

const driftIn = ({ store }: App): readonly string[] => {
  const { topology, inventory, facts } = store.getState();
  return findDrift({ topology, inventory, relations: facts.relations }).map(driftLine);
};

const unitIn = ({ store }: App) =>
  store
    .getState()
    .facts.units.get('node02')
    ?.units.find(({ unit }) => unit === UNIT);

const editFile = (demo: Demo): void =>
  demo.world.inject({ kind: 'unit-file', node: 'node02', unit: UNIT, says: { requires: [] } });

const reload = async (demo: Demo): Promise<void> => {
  const ran = await ssh(demo, ['node02', 'sudo -n systemctl daemon-reload']);
  expect(ran).toMatchObject({ code: 0, err: '' });
  demo.advanceTo(demo.world.nowMs + 1);
};

describe('after a daemon-reload on a node', () => {
  test('systemd says so over the bus, although the next look is hours away', async () => {
    const demo = await startTestDemo();
    const app = await watching(demo, (config) => ({
      ...config,
      poll: { ...config.poll, intervalMs: 3_600_000 },
    }));
    await until(() =>
      expect(app.store.getState().facts.news.get('node02')?.feeds.bus).toMatchObject({ state: 'live' }),
    );
    editFile(demo);
    await reload(demo);
    await until(() => expect(driftIn(app)).toEqual([LOST]));
  });

  test('a look sees that no unit file waits to be read any more, without a bus', async () => {
    const demo = await startTestDemo();
    const app = await watching(demo, (config) => ({
      ...config,
      poll: { ...config.poll, intervalMs: 250, timeoutMs: 200 },
      ssh: { ...config.ssh, follow: false },
    }));
    editFile(demo);
    await until(() => expect(unitIn(app)?.needsReload).toBe(true));
    // It is on the disk, and systemd goes on by what it read before.
    const asked = app.store.getState().facts.units.get('node02')?.atMs ?? 0;
    await until(() =>
      expect(app.store.getState().facts.units.get('node02')?.atMs).toBeGreaterThan(asked + 500),
    );
    expect(driftIn(app)).toEqual([]);
    await reload(demo);
    await until(() => expect(driftIn(app)).toEqual([LOST]));
    expect(unitIn(app)?.needsReload).toBe(false);
  });
});
