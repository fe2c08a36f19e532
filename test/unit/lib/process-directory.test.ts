import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { abandonedDirectories, makeProcessDirectory } from '../../../src/lib/process-directory.ts';

/** The pid of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('directories of processes', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'pt-lib-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const make = (name: string, mode = 0o700): string => {
    const path = join(parent, name);
    mkdirSync(path, { mode });
    return path;
  };

  it('are private, named after their process, and never abandoned while it runs', async () => {
    const path = makeProcessDirectory(parent, 'plasmatop');
    expect(basename(path)).toMatch(new RegExp(`^plasmatop-${process.pid}-\\w{6}$`));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(await abandonedDirectories(parent, 'plasmatop')).toEqual([]);
  });

  it('are abandoned when their process has ended, each under its own prefix', async () => {
    const pid = deadPid();
    const left = make(`plasmatop-${pid}-aB3dE6`);
    const ofDemo = make(`plasmatop-demo-${pid}-aB3dE6`);
    expect(await abandonedDirectories(parent, 'plasmatop')).toEqual([left]);
    expect(await abandonedDirectories(parent, 'plasmatop-demo')).toEqual([ofDemo]);
  });

  it('are left alone when they are open to others, a link, or not named by us', async () => {
    const pid = deadPid();
    make(`plasmatop-${pid}-aaaaaa`, 0o755);
    symlinkSync(make('elsewhere'), join(parent, `plasmatop-${pid}-bbbbbb`));
    make(`plasmatop-${pid}`);
    make(`plasmatop-${pid}-cc`);
    make('plasmatop-x-dddddd');
    make(`other-${pid}-eeeeee`);
    expect(await abandonedDirectories(parent, 'plasmatop')).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('are left alone when they belong to another user', async () => {
    const path = make(`plasmatop-${deadPid()}-aB3dE6`);
    expect(await abandonedDirectories(parent, 'plasmatop')).toEqual([path]);
    chownSync(path, 65_534, 65_534);
    expect(await abandonedDirectories(parent, 'plasmatop')).toEqual([]);
  });

  it('are none in a place that is not there', async () => {
    expect(await abandonedDirectories(join(parent, 'nowhere'), 'plasmatop')).toEqual([]);
  });
});
