/** The demo served headless by the built program, for tests that look at it from outside. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { program, repository } from './driver.ts';

export type DemoCluster = {
  readonly configFile: string;
  readonly sshConfigFile: string;
  /** Runs a command on a node with the plain ssh client; resolves with its exit code and output. */
  readonly ssh: (
    node: string,
    command: string,
  ) => Promise<{ readonly exitCode: number; readonly output: string }>;
  /** The lines of the audit file; none when there is no file. */
  readonly audit: () => Promise<readonly Record<string, unknown>[]>;
  /** Runs the program to its end against this cluster. */
  readonly run: (...args: readonly string[]) => Promise<ProgramEnd>;
  readonly stop: () => Promise<void>;
};

export type ProgramEnd = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs the built program without a terminal. */
export const runProgram = async (
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Promise<ProgramEnd> => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
    cwd: options.cwd ?? repository,
    ...(options.env && { env: options.env }),
  });
  return { exitCode: exitCode ?? -1, stdout: String(stdout), stderr: String(stderr) };
};

/** Starts `plasmatop demo --headless` and resolves when it says where its configuration is. */
export const startDemoCluster = async (...args: readonly string[]): Promise<DemoCluster> => {
  const child = spawn(process.execPath, [program, 'demo', '--headless', ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const configFile = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /^config\s+(\S+)$/mu.exec(said)?.[1];
      if (found && said.includes('Serving')) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the demo exited with ${code}: ${said}`)));
  });
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) process.stderr.write(`the demo cluster exited with ${code}: ${said}\n`);
  });
  const directory = dirname(configFile);
  const sshConfigFile = join(directory, 'ssh_config');
  return {
    configFile,
    sshConfigFile,
    ssh: async (node, command) => {
      const { exitCode, all } = await execa(
        'ssh',
        ['-F', sshConfigFile, '-o', 'BatchMode=yes', node, command],
        {
          reject: false,
          all: true,
          stdin: 'ignore',
          timeout: 60_000,
        },
      );
      return { exitCode: exitCode ?? -1, output: String(all) };
    },
    audit: async () => {
      const text = await readFile(join(directory, 'audit.jsonl'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    run: (...words) => runProgram([...words, '--config', configFile]),
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
};

/** One that is looked at more often, so that what is down, and what is stable, is known sooner. */
export const startQuickCluster = async (...args: readonly string[]): Promise<DemoCluster> => {
  const cluster = await startDemoCluster(...args);
  const text = await readFile(cluster.configFile, 'utf8');
  await writeFile(cluster.configFile, text.replace('interval: 2s', 'interval: 1s, timeout: 950ms'));
  return cluster;
};
