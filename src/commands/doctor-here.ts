/** The doctor's look at the host that the console runs on. It writes nothing. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/types.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { effectiveSsh } from '../ssh/effective.ts';
import { runProcess } from '../ssh/run.ts';
import type { CommandContext } from './context.ts';
import { bad, type Finding, ok } from './doctor-finding.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8).padStart(4, '0');

const configFinding = ({ file, inventory }: Config): Finding => {
  const nodes = inventory.nodes.length === 1 ? '1 node' : `${inventory.nodes.length} nodes`;
  if (file === undefined) return ok('config', `no file: ${nodes} by --nodes`);
  const words = `${file}, mode ${modeOf(file)}, ${nodes}`;
  // Who can write it can name an ssh_config, and that runs programs as us.
  return (statSync(file).mode & 0o022) === 0
    ? ok('config', words)
    : bad('warning', 'config', `${words}: others may write to it`, `chmod go-w ${file}`);
};

const clientFinding = async ({ ssh }: Config, { clock, stopped }: CommandContext): Promise<Finding> => {
  if (!ssh.enabled) return ok('ssh client', 'not used: ssh.enabled is false');
  const ran = await runProcess('ssh', ['-V'], { timeoutMs: 5000, maxBytes: 1024, clock, signal: stopped });
  const version = sanitiseLine(ran.stderr.trim().split('\n')[0] ?? '', 80);
  return ran.exitCode === 0
    ? ok('ssh client', version, ran.durationMs)
    : bad('failed', 'ssh client', ran.reason || version, 'install the OpenSSH client and have ssh on PATH');
};

/** Where the keys of hosts are known from, as ssh has it for the first node. */
const knownHostsFinding = async (
  { ssh, inventory }: Config,
  { clock, stopped }: CommandContext,
): Promise<readonly Finding[]> => {
  const target = inventory.nodes.find((node) => node.ssh !== undefined)?.ssh;
  if (!ssh.enabled || target === undefined) return [];
  const { configFile, options } = ssh;
  const found = await effectiveSsh(
    { target, options, ...(configFile === undefined ? {} : { configFile }) },
    clock,
    stopped,
  );
  if (!found.ok) return [];
  // /dev/null, where an ssh_config wants one of them unused, knows no host.
  const files = found.ssh.knownHosts.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const [own = ''] = found.ssh.knownHosts;
  if (files.length > 0) return [ok('known hosts', files.join(', '))];
  const remedy = 'connect to each node once by hand and compare its fingerprint';
  return [bad('warning', 'known hosts', `${own} is not there: no host is known`, remedy)];
};

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The nearest directory above that is there. */
const standing = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : standing(dirname(path));

const auditFinding = ({ audit, readOnly }: Config): Finding => {
  const { file } = audit;
  const place = standing(file);
  const isFile = existsSync(file);
  const around = dirname(file);
  if (isFile ? !statSync(file).isFile() : !statSync(place).isDirectory()) {
    const what = isFile ? 'it is no regular file' : `${place} is no directory`;
    return bad('failed', 'audit', `${file}: ${what}`, 'set audit.file to a file of your own');
  }
  if (!mayWrite(place)) {
    // Without a record nothing runs: who only looks needs none.
    const state = readOnly ? 'warning' : 'failed';
    const remedy = 'make it writable, or set audit.file to a file of your own';
    return bad(state, 'audit', `${file}: ${isFile ? 'it' : place} cannot be written to`, remedy);
  }
  if (isFile && (statSync(file).mode & 0o002) !== 0)
    return bad('failed', 'audit', `${file}: everybody may write to it`, `chmod o-w ${file}`);
  if (existsSync(around) && (statSync(around).mode & 0o1002) === 0o002)
    return bad('failed', 'audit', `${file}: everybody may replace it`, `chmod o-w ${around}`);
  return ok('audit', isFile ? `${file}, mode ${modeOf(file)}` : `${file}, made at the first action`);
};

/** A Unix socket path has 104 bytes on some systems; ssh needs 17 of them, our directory and its name the rest. */
const RUNTIME_BYTES = 55;

const socketFinding = (runtimeDir: string): Finding => {
  if (!existsSync(runtimeDir) || !mayWrite(runtimeDir)) {
    return bad(
      'failed',
      'sockets',
      `${runtimeDir} cannot be written to`,
      'set TMPDIR to a directory of your own',
    );
  }
  return Buffer.byteLength(runtimeDir) > RUNTIME_BYTES
    ? bad(
        'failed',
        'sockets',
        `${runtimeDir}: too long for a socket's path`,
        'set TMPDIR to a shorter path, like /tmp',
      )
    : ok('sockets', `in ${runtimeDir}`);
};

const COLORS: Readonly<Record<number, string>> = { 4: '16 colours', 8: '256 colours', 24: 'true colour' };

const terminalFinding = ({ ui }: Config, { stdout, stdin, env }: CommandContext): Finding => {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const isUtf8 = /utf-?8/iu.test(locale);
  const name = locale === '' ? 'no locale is set' : `locale ${sanitiseLine(locale, 40)}`;
  if (!(stdin.isTTY && stdout.isTTY)) return ok('terminal', `none; ${name}`);
  const size = `${stdout.columns}x${stdout.rows}, ${sanitiseLine(env.TERM ?? 'no TERM', 40)}`;
  if (stdout.columns < 40 || stdout.rows < 15)
    return bad('warning', 'terminal', `${size}: small`, 'make it 40x15 at least; 80x24 shows more');
  const colors = COLORS[stdout.getColorDepth()] ?? 'no colour';
  if (!isUtf8 && !ui.ascii) {
    const remedy = 'if signs are garbled: --ascii, ui.ascii: true, or a UTF-8 locale, as LANG=C.UTF-8';
    return bad('warning', 'terminal', `${size}, ${colors}; ${name}, which is not UTF-8`, remedy);
  }
  return ok('terminal', `${size}, ${colors}; ${name}`);
};

/** In a fixed order. */
export const lookHere = async (
  config: Config,
  context: CommandContext,
  runtimeDir: string,
): Promise<readonly Finding[]> => [
  configFinding(config),
  ok('node.js', process.version),
  await clientFinding(config, context),
  ...(await knownHostsFinding(config, context)),
  auditFinding(config),
  socketFinding(runtimeDir),
  terminalFinding(config, context),
];
