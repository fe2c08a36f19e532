/** The first words to a newcomer: once for an account, gone with the first key, and no trouble where nothing can be written. */
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const HEALTHY = /All 9 services on 3 nodes are\s+healthy/u;
const HINT = 'To begin: ? tells all keys, : finds anything by name, enter opens a row';
const SHORT = '? help  : palette  enter opens a row';

describe('the first console of an account', () => {
  let cluster: DemoCluster;
  let home: string;
  let session: Session;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'pt-new-'));
  });
  afterEach(async () => {
    session?.dispose();
    await chmod(home, 0o700);
    await rm(home, { recursive: true, force: true });
  });

  const open = async (state: string, size: { readonly columns?: number; readonly rows?: number } = {}) => {
    session = launch({ args: ['--config', cluster.configFile], env: { XDG_STATE_HOME: state }, ...size });
    await session.until(HEALTHY);
  };
  const leave = async (): Promise<void> => {
    session.press('q');
    expect(await session.exited).toEqual({ code: 0, signal: undefined });
  };

  it('says where to begin until a key is pressed, and the next one does not', async () => {
    const state = join(home, 'state');
    await open(state);
    expect(session.text()).toContain(HINT);
    // A key that means nothing there is a key as well.
    session.press('%');
    await session.until((text) => !text.includes('To begin'));
    expect(session.text()).toMatch(HEALTHY);
    await leave();
    const marker = await stat(join(state, 'plasmatop', 'hint-shown'));
    expect(marker.mode & 0o777).toBe(0o600);
    for (const directory of [state, join(state, 'plasmatop')]) {
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
    }

    await open(state);
    expect(session.output()).not.toContain('To begin');
    await leave();
  });

  it('says it in few words on a small terminal, with all that was there', async () => {
    await open(home, { columns: 40, rows: 15 });
    expect(session.screen().at(-1)).toBe(` ${SHORT}`);
    // The last service, in the last row of all.
    expect(session.screen().at(-2)).toContain('k8shost');
    session.press('%');
    await session.until(/L logs.*\? help$/u);
    expect(session.screen().at(-2)).toContain('k8shost');
    await leave();
  });

  it('runs where the marker cannot be written, and says nothing of it', async () => {
    // Root may write anywhere but below a file.
    const file = join(home, 'file');
    await writeFile(file, 'mine');
    await chmod(home, 0o500);
    for (const state of [file, join(home, 'state')].slice(0, process.getuid?.() === 0 ? 1 : 2)) {
      await open(state);
      expect(session.text()).not.toContain('To begin');
      expect(session.text()).not.toMatch(/hint-shown|EACCES|ENOTDIR|EEXIST/u);
      await leave();
    }
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(home)).toEqual(['file']);
  });

  it('is greeted in every demo, which leaves nothing behind', async () => {
    for (const _ of [1, 2]) {
      session = launch({ args: ['demo'], env: { XDG_STATE_HOME: home } });
      await session.until((text) => HEALTHY.test(text) && text.includes(HINT));
      session.press('j');
      await session.until((text) => !text.includes('To begin'));
      await leave();
    }
    expect(await readdir(home)).toEqual([]);
  });
});
