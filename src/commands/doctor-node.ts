/** The doctor's questions to a node that lets us in. Each is a look: nothing is changed there. */
import { asksRights } from '../app/poll-tasks.ts';
import type { Config } from '../config/types.ts';
import { findDrift } from '../core/dependency-drift/drift.ts';
import { DRIFT_REMEDY, driftWords } from '../core/dependency-drift/words.ts';
import { plural } from '../core/format.ts';
import { watchedUnits } from '../core/graph.ts';
import type { ClusterNode } from '../core/model/inventory.ts';
import type { NodeUnits } from '../core/model/observation.ts';
import { isPowerless, rightsWords } from '../core/rights.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { BusClient } from '../probes/bus-client.ts';
import { troubleOf } from '../probes/feed.ts';
import { journalWays, MISSING, refusalAtEnd } from '../probes/journal.ts';
import { askNodeRights } from '../probes/node-rights.ts';
import { lookAtNode } from '../probes/systemd.ts';
import { askRelations, knownUnits } from '../probes/systemd-relations.ts';
import type { Link } from '../ssh/types.ts';
import { settleWithin } from '../ssh/wait.ts';
import { bad, type Finding, ok, skipped } from './doctor-finding.ts';
import { unitFindings } from './doctor-units.ts';

const ASK_MS = 10_000;

export type NodeLook = {
  readonly node: ClusterNode;
  readonly link: Link;
  readonly config: Config;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const systemdFinding = ({ systemVersion, systemState }: NodeUnits, ms: number): Finding => {
  const words = `systemd ${systemVersion ?? 'of no version'}, ${systemState ?? 'state unknown'}`;
  return systemVersion === undefined
    ? bad('warning', 'systemd', words, 'its systemctl did not tell: is it a node with systemd?', ms)
    : ok('systemd', words, ms);
};

/** Only whole seconds are told: this is what the clocks differ by at least. */
const clockFinding = async ({ link, clock, signal }: NodeLook): Promise<Finding> => {
  const beforeMs = clock.now();
  const ran = await link.run(['date', '+%s'], { timeoutMs: ASK_MS, signal });
  const afterMs = clock.now();
  const seconds = ran.ok ? /^(\d{9,11})\s*$/u.exec(ran.stdout)?.[1] : undefined;
  if (seconds === undefined) return skipped('clock', 'the node did not tell its time');
  const earliestMs = Number(seconds) * 1000;
  const ms = afterMs - beforeMs;
  const aheadMs = earliestMs - afterMs;
  const behindMs = beforeMs - (earliestMs + 1000);
  const offMs = Math.max(aheadMs, behindMs);
  if (offMs <= 1000) return ok('clock', 'the same as here, to the second', ms);
  const words = `${Math.floor(offMs / 1000)} s ${aheadMs > behindMs ? 'ahead of' : 'behind'} this host`;
  return bad('warning', 'clock', words, 'let both follow NTP: timedatectl set-ntp true', ms);
};

const rightsFinding = async ({ link, config, clock, signal, node }: NodeLook): Promise<Finding> => {
  const { ssh, topology } = config;
  if (!asksRights(config)) {
    const why = config.readOnly ? 'no action can be begun: readOnly is true' : 'ssh.checkRights is false';
    return ok('rights', `not asked about: ${why}`);
  }
  const startedMs = clock.monotonic();
  const told = await askNodeRights(link, topology, watchedUnits(topology, node), ssh.sudo, signal);
  const ms = clock.monotonic() - startedMs;
  const check = ssh.sudo ? 'sudo' : 'rights';
  if (told.by === 'unknown') {
    const remedy = `try it by hand: ssh ${node.ssh ?? node.name} ${ssh.sudo ? 'sudo -n -l' : 'id'}`;
    return bad('warning', check, 'it did not tell what the account may do', remedy, ms);
  }
  const rights = { atMs: clock.now(), ...told };
  const words = rightsWords(rights);
  if (words === '') return ok(check, 'may do every action', ms);
  const remedy = ssh.sudo
    ? `put the sudoers of docs/rights.md into /etc/sudoers.d on ${node.name}`
    : 'set ssh.sudo: true, or see docs/rights.md';
  return bad(isPowerless(rights) ? 'failed' : 'warning', check, words, remedy, ms);
};

/** Dependencies that this node's systemd was told otherwise than the topology says. */
const driftFindings = async ({ link, config, node, signal }: NodeLook): Promise<readonly Finding[]> => {
  const { topology, inventory } = config;
  const told = await askRelations(link, watchedUnits(topology, node), knownUnits(topology), signal);
  if (told === undefined) return [];
  const relations = new Map([[node.name, told]]);
  const drifts = findDrift({ topology, inventory: { ...inventory, nodes: [node] }, relations });
  return drifts.map((drift) => bad('warning', 'drift', driftWords(drift), DRIFT_REMEDY));
};

const journalFinding = async ({ link, config, clock, signal, node }: NodeLook): Promise<Finding> => {
  const startedMs = clock.monotonic();
  const [unit] = watchedUnits(config.topology, node);
  const ask = { units: unit === undefined ? [] : [unit], follow: false, lines: 1 };
  let trouble: { readonly detail: string; readonly remedy: string } | undefined;
  for (const words of journalWays(ask, config.ssh.sudo)) {
    const ran = await link.run(words, { timeoutMs: ASK_MS, signal });
    const end = ran.ok
      ? ({ kind: 'exited', exitCode: ran.exitCode, stderr: ran.stderr } as const)
      : ({ kind: 'failed', failure: ran.failure } as const);
    const refusal = refusalAtEnd(end);
    const isRead = end.kind === 'exited' && end.exitCode === 0 && refusal === undefined;
    const by = words[0] === 'sudo' ? ', with sudo' : '';
    if (isRead) return ok('journal', `can be read${by}`, clock.monotonic() - startedMs);
    trouble = refusal ?? troubleOf(end, 'journalctl', MISSING);
    if (refusal === undefined) break;
  }
  const { detail = '', remedy = '' } = trouble ?? {};
  return bad(
    'warning',
    'journal',
    sanitiseLine(detail, 200),
    sanitiseLine(remedy, 200),
    clock.monotonic() - startedMs,
  );
};

const BRIDGE = 'systemd-stdio-bridge';

/** Opens the node's bus as the console does, until systemd has agreed to send its signals. */
const signalsFinding = async ({ link, clock, signal }: NodeLook): Promise<Finding> => {
  const startedMs = clock.monotonic();
  const missing = `install ${BRIDGE} (it comes with systemd); until then changes are seen by polling`;
  const trouble = (detail: string, remedy: string): Finding =>
    bad(
      'warning',
      'signals',
      sanitiseLine(detail, 200),
      sanitiseLine(remedy, 200),
      clock.monotonic() - startedMs,
    );
  const opened = await link.open([BRIDGE]);
  if (!opened.ok) return trouble(opened.failure.detail, opened.failure.remedy);
  const { command } = opened;
  command.stderr.resume();
  const live = new Promise<Finding>((resolve) => {
    const client = new BusClient({
      write: (bytes) => command.stdin.write(bytes),
      onLive: () => resolve(ok('signals', `${BRIDGE} sends them`, clock.monotonic() - startedMs)),
      onSignal: () => {},
    });
    command.stdout.on('data', (chunk: Buffer) => {
      try {
        client.feed(chunk);
      } catch (error) {
        resolve(trouble(`the system bus: ${error instanceof Error ? error.message : String(error)}`, ''));
      }
    });
  });
  const ended = command.ended.then((end) => {
    const { detail, remedy } = troubleOf(end, BRIDGE, missing);
    return trouble(detail, end.kind === 'exited' && end.exitCode === 127 ? remedy : missing);
  });
  try {
    const settled = await settleWithin(Promise.race([live, ended]), ASK_MS, signal);
    return settled.kind === 'value' ? settled.value : trouble('the system bus does not answer', missing);
  } finally {
    command.close();
  }
};

/** One after the other, over one connection. */
export const nodeFindings = async (look: NodeLook): Promise<readonly Finding[]> => {
  const { link, clock, signal, node, config } = look;
  const startedMs = clock.monotonic();
  const units = watchedUnits(config.topology, node);
  const seen = await lookAtNode(link, units, {
    clock,
    signal,
    timeoutMs: config.ssh.connectTimeoutMs + ASK_MS,
  });
  if (!seen.ok) {
    const { detail, remedy } = seen.failure;
    return [bad('failed', 'systemd', detail, remedy, clock.monotonic() - startedMs)];
  }
  const systemd = systemdFinding(seen.look, clock.monotonic() - startedMs);
  return [
    systemd,
    ...unitFindings(node, config.ssh.sudo, seen.look.units),
    ...(await driftFindings(look)),
    await clockFinding(look),
    await rightsFinding(look),
    await journalFinding(look),
    config.ssh.follow
      ? await signalsFinding(look)
      : ok('signals', `not followed: ssh.follow is false, ${plural(units.length, 'unit')} by polling`),
  ];
};
