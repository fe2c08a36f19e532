/** What a changed configuration forbids holds at once, and no mistake that is saved after it takes that back. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../../../src/app/app.ts';
import { type LoadedConfig, loadConfig } from '../../../src/config/load.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';

/** A console that nothing runs of, and its file. */
const setUp = () => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-reload-'));
  const file = join(directory, 'plasmatop.yaml');
  const load = (text: string, found?: string): LoadedConfig => {
    writeFileSync(file, text);
    return loadConfig({ env: {}, cwd: directory, home: directory, ...(found && { found }) });
  };
  const first = load('nodes: [node01]\n');
  if (!first.ok) throw new Error('the first configuration is bad');
  const runtime = { clock: systemClock, random: Math.random, source: 'live', runtimeDir: directory } as const;
  const observed: Observation[] = [];
  const onObserved = (more: readonly Observation[]): void => void observed.push(...more);
  const app = createApp({ config: first.config, ...runtime, onObserved });
  onTestFinished(async () => {
    await app.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return { app, directory, file, load, observed };
};

const ask = (app: App): void => {
  const target = { kind: 'instance', service: 'fiberlb', node: 'node01' } as const;
  app.store.dispatch({ kind: 'planned', plan: { ...app.plan({ verb: 'restart', target }), refusals: [] } });
};

it('keeps a read-only that waits for a question through a mistake', async () => {
  const { app, load } = setUp();
  ask(app);
  app.reload(load('nodes: [node01]\nreadOnly: true\n'));
  expect(app.store.getState().config).toMatchObject({ kind: 'waiting' });
  expect(app.store.getState().mode.readOnly).toBe(true);

  app.reload(load('nodes: [node01]\nreadOnly: maybe\n'));
  expect(app.store.getState().config).toMatchObject({ kind: 'bad' });
  expect(app.store.getState().mode.readOnly).toBe(true);

  app.store.dispatch({ kind: 'command', command: 'cancel' });
  await expect.poll(() => app.config().readOnly).toBe(true);
  // The file is as wrong as before.
  expect(app.store.getState().config).toMatchObject({ kind: 'bad' });
});

it('takes a read-only back that the file takes back', () => {
  const { app, load } = setUp();
  ask(app);
  app.reload(load('nodes: [node01]\nreadOnly: true\n'));
  app.reload(load('nodes: [node01]\n'));
  expect(app.store.getState().mode.readOnly).toBe(false);
  expect(app.store.getState().config).toBeUndefined();
});

it('tells whoever reads it what came of it', async () => {
  const { app, load } = setUp();
  expect(app.reload(load('nodes: [node01]\n'))).toBe('unchanged');
  expect(app.reload(load('nodes: [node01]\nadress: 5\n'))).toBe('bad');
  expect(app.reload(load('nodes: [node01]\ncluster: other\n'))).toBe('holds');
  ask(app);
  expect(app.reload(load('nodes: [node01]\ncluster: waited-for\n'))).toBe('waits');
  expect(app.reload(load('nodes: [node01]\nadress: 5\n'))).toBe('bad');
  app.store.dispatch({ kind: 'command', command: 'cancel' });
  await expect.poll(() => app.config().cluster).toBe('waited-for');
});

it('knows whether there is a file to read again', () => {
  const { app, load } = setUp();
  expect(app.store.getState().mode.isFileless).toBeUndefined();
  const directory = mkdtempSync(join(tmpdir(), 'pt-fileless-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  app.reload(loadConfig({ env: {}, cwd: directory, home: directory, nodes: 'node01' }));
  expect(app.store.getState().mode.isFileless).toBe(true);
  app.reload(load('nodes: [node01]\n'));
  expect(app.store.getState().mode.isFileless).toBeUndefined();
});

it('takes what was seen over ssh before it went for nothing that is so now', async () => {
  const { app, load, observed } = setUp();
  const link = () => app.store.getState().facts.links.get('node01')?.state;
  app.start();
  void app.links?.preflight({ interactive: false, write: () => {} });
  // That it connects was just said, and waits for the next frame.
  expect(link()).toBe('none');
  app.reload(load('nodes: [node01]\nssh: { enabled: false }\n'));
  expect(app.links).toBeUndefined();
  expect(observed.map(({ kind }) => kind)).toContain('link');
  const before = observed.length;
  await expect.poll(() => observed.slice(before).some(({ kind }) => kind === 'probe')).toBe(true);
  expect(link()).toBe('none');
  expect(app.store.getState().facts.news.size).toBe(0);

  app.reload(load('nodes: [node01]\n'));
  await expect.poll(link).not.toBe('none');
});

it('looks for no other file where the one that was found is away', () => {
  const { directory, file, load } = setUp();
  mkdirSync(join(directory, 'plasmatop'));
  writeFileSync(join(directory, 'plasmatop', 'plasmatop.yaml'), 'nodes: [elsewhere]\n');
  rmSync(file);
  const surroundings = { env: { XDG_CONFIG_HOME: directory }, cwd: directory, home: directory };
  expect(loadConfig(surroundings)).toMatchObject({ ok: true, config: { cluster: 'plasmacloud' } });
  const again = loadConfig({ ...surroundings, found: file });
  expect(again).toMatchObject({ ok: false, problems: [{ file, message: 'cannot be read: no such file' }] });
  expect(load('nodes: [node02]\n', file)).toMatchObject({ ok: true });
});
