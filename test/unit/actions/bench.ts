/** A runner over a real ssh: the node is a server on loopback, the facts are judged by the real core. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openAudit } from '../../../src/actions/audit.ts';
import { planAction } from '../../../src/actions/plan.ts';
import { createRunner, type Runner } from '../../../src/actions/run.ts';
import type { RunnerOptions } from '../../../src/actions/runner-options.ts';
import type { ActionRequest, Job, Plan } from '../../../src/core/model/action.ts';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { answer, type SshServer, startSshServer } from '../../helpers/ssh-server.ts';
import { healthyWorld, inventoryOf, options, topology, type World } from './world.ts';

export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Poller = {
  down: readonly InstanceId[];
  invocation: string;
  active: string;
  on: boolean;
  /** Of other units on node02. */
  units: Readonly<Record<string, Partial<UnitFacts>>>;
};

export type Bench = {
  readonly server: SshServer;
  readonly world: World;
  readonly runner: Runner;
  readonly auditFile: string;
  readonly jobs: Job[];
  readonly planOf: (request: ActionRequest) => Plan;
  readonly plan: (instance?: InstanceId) => Plan;
  /** Polls every few ms, as long as this is set; what it names refuses. */
  readonly poller: Poller;
  readonly audited: () => Record<string, unknown>[];
};

export const bench = async (
  changes: Partial<RunnerOptions> & {
    auditFile?: string;
    looks?: boolean;
    units?: Poller['units'];
  } = {},
): Promise<Bench> => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-run-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  const server = await startSshServer({ exec: (_command, channel) => answer(channel, 0) });
  cleanups.push(() => server.close());
  const inventory = inventoryOf(3);
  const links = createLinks({
    // Every node is the same server: what counts here is the way there.
    nodes: inventory.nodes.map(({ name }) => ({ name, target: 'node01' })),
    ssh: { configFile: server.configFile, options: [], connectTimeoutMs: 30_000, maxChannels: 4 },
    runtimeDir: directory,
    clock: systemClock,
    onState: () => {},
  });
  cleanups.push(() => links.close());

  const { auditFile = join(directory, 'audit.jsonl'), looks = true, units = {}, ...rest } = changes;
  const world = healthyWorld(inventory, Date.now());
  const poller: Poller = { down: [], invocation: 'before', active: 'active', on: true, units };
  const poll = (): void => {
    if (!poller.on) return;
    world.poll(Date.now(), poller.down);
    if (!looks) return;
    world.look(Date.now(), 'node02', {
      'fiberlb.service': { invocation: poller.invocation, active: poller.active },
      ...poller.units,
    });
  };
  poll();
  const timer = setInterval(poll, 20);
  cleanups.push(() => clearInterval(timer));

  const jobs: Job[] = [];
  const runner = createRunner({
    topology,
    inventory,
    links,
    audit: await openAudit(auditFile, { name: 'tester' }),
    clock: systemClock,
    readOnly: false,
    cluster: world.cluster,
    facts: world.facts,
    judging: options,
    subscribe: world.subscribe,
    nudge: () => {},
    onJob: (job) => jobs.push(job),
    stableMs: () => 60,
    minWatchMs: 20_000,
    minCommandMs: 20_000,
    ...rest,
  });
  return {
    server,
    world,
    runner,
    auditFile,
    jobs,
    poller,
    // The documented start times would make a test that waits in vain wait long.
    planOf: (request) => ({
      ...planAction({
        ...request,
        topology,
        inventory,
        cluster: world.cluster(),
        facts: world.facts(),
        options,
        sudo: true,
      }),
      expectedMs: 0,
    }),
    plan: (instance = 'fiberlb@node02') => ({
      ...planRestart({
        topology,
        inventory,
        cluster: world.cluster(),
        facts: world.facts(),
        options,
        instance,
        sudo: true,
      }),
      expectedMs: 0,
    }),
    audited: () =>
      existsSync(auditFile)
        ? readFileSync(auditFile, 'utf8')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [],
  };
};
