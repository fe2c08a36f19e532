/** However the console ends, the terminal is as it was before. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { childOf } from './processes.ts';

describe('the end of the console', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());

  const open = async (env: Record<string, string> = {}): Promise<Session> => {
    const session = launch({ args: ['--config', cluster.configFile], env });
    await session.until(/SERVICE/);
    expect(session.alternate()).toBe(true);
    return session;
  };
  const expectRestored = (session: Session): void => {
    expect(session.alternate()).toBe(false);
    expect(session.cursorShown()).toBe(true);
    // Bracketed paste and mouse reports are off when they were ever on.
    for (const mode of ['2004', '1000', '1006']) {
      const last = [...session.output().matchAll(new RegExp(`\\u001b\\[\\?${mode}([hl])`, 'g'))].at(-1)?.[1];
      expect(last ?? 'l').toBe('l');
    }
  };

  it('by Ctrl-C', async () => {
    const session = await open();
    session.press('ctrl-c');
    expect((await session.exited).code).toBe(0);
    expectRestored(session);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('by %s', async (signal, code) => {
    const session = await open();
    session.kill(signal);
    expect((await session.exited).code).toBe(code);
    expectRestored(session);
  });

  it('in any way, with the modes of the terminal that a shell had before', async () => {
    const session = launch({
      args: [],
      command: ['bash', '--norc', '--noprofile', '-i'],
      env: { PS1: 'shell> ', PROGRAM: program, CONFIG: cluster.configFile, NODE: process.execPath },
    });
    try {
      await session.until(/shell>/);
      session.press('cooked=$(stty -a)\r');
      for (const [end, how] of ['q', 'ctrl-c', 'SIGTERM', 'SIGHUP', 'SIGINT'].entries()) {
        session.press('"$NODE" "$PROGRAM" --config "$CONFIG"\r');
        await session.until((text) => session.alternate() && /SERVICE/.test(text));
        if (how.startsWith('SIG')) process.kill(await childOf(session.pid), how);
        else session.press(how);
        await session.until((text) => !session.alternate() && text.trimEnd().endsWith('shell>'));
        session.press(`[ "$cooked" = "$(stty -a)" ] && echo same modes"" ${end}\r`);
        await session.until(new RegExp(`^same modes ${end}`, 'm'));
        expect(session.alternate()).toBe(false);
        expect(session.cursorShown()).toBe(true);
      }
    } finally {
      session.dispose();
    }
  });

  it.each([
    ['while the screen is loaded behind its first frame', 1],
    ['as soon as the screen is there', 2],
  ])('by a crash %s, whose words stay readable', async (_when, entry) => {
    const bomb = `const { stdout } = process, write = stdout.write.bind(stdout);
      let entries = 0;
      stdout.write = (text, ...rest) => {
        if (String(text).includes('\\u001b[?1049h') && ++entries === ${entry})
          setImmediate(() => { throw new Error('the bomb of the test'); });
        return write(text, ...rest);
      };`;
    const session = launch({
      args: ['--config', cluster.configFile],
      env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bomb)}` },
    });
    expect((await session.exited).code).toBe(1);
    expectRestored(session);
    expect(session.text()).toContain('the bomb of the test');
  });

  it('leaves no ssh client behind', async () => {
    const session = await open();
    await session.until(/healthy/);
    session.press('q');
    await session.exited;
    const { execa } = await import('execa');
    const { stdout } = await execa('ps', ['-eo', 'pid,args']);
    expect(stdout.split('\n').filter((line) => line.includes(`plasmatop-${session.pid}-`))).toEqual([]);
  });
});

describe('without a terminal', () => {
  it('writes lines, not escape codes', async () => {
    const cluster = await startDemoCluster('--scenario', 'quorum-loss', '--speed', '10');
    try {
      const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, [program, '--config', cluster.configFile], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (/lost its quorum/.test(output)) resolve();
        });
      });
      const code = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      expect(await code).toBe(143);
      expect(output).not.toContain('\u001b');
      expect(output).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S/m);
    } finally {
      await cluster.stop();
    }
  });

  it('refuses what it cannot understand, with the exit code and the remedy', async () => {
    const flag = await runProgram(['--readonly']);
    expect(flag).toMatchObject({ exitCode: 64, stdout: '' });
    expect(flag.stderr).toContain('Did you mean --read-only?');
    expect((await runProgram(['statsu'])).exitCode).toBe(64);
    expect((await runProgram(['demo', '--scenario', 'quorumloss'])).stderr).toContain('quorum-loss');
    expect((await runProgram(['explain', 'chainfir'])).stderr).toContain('chainfire');
    const config = await runProgram(['--config', '/nonexistent/plasmatop.yaml']);
    expect(config.exitCode).toBe(78);
    expect(config.stderr).toContain('/nonexistent/plasmatop.yaml');
    expect(config.stderr).toContain('remedy');
  });

  it('says its version and explains a service offline', async () => {
    expect((await runProgram(['--version'])).stdout).toMatch(/^plasmatop \d+\.\d+\.\d+$/);
    const explained = await runProgram(['explain', 'iam']);
    expect(explained.exitCode).toBe(0);
    expect(explained.stdout).toContain('flaredb.service');
    expect(explained.stdout).toContain('If it stops, all else being well on 3 nodes');
    const directory = mkdtempSync(join(tmpdir(), 'pt-explain-'));
    try {
      const config = join(directory, 'five.yaml');
      const nodes = [1, 2, 3, 4, 5].map((number) => `  - { name: n${number}, address: 192.0.2.${number} }`);
      writeFileSync(config, ['cluster: five', 'nodes:', ...nodes, ''].join('\n'));
      expect((await runProgram(['explain', 'chainfire', '--config', config])).stdout).toContain(
        'on one node  Safe: quorum stays 4 of 5, users notice nothing.',
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    expect((await runProgram(['--help'])).stdout).toContain('Exit codes');
  });
});
