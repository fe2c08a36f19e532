/** Starts, stops and resets over a real ssh, of one unit and of a node: what is told of them is what systemd showed. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '../../../src/core/model/action.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { answer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { bench } from './bench.ts';
import { topology } from './world.ts';

const node = 'node02';
const on = (verb: ActionRequest['verb'], service: string): ActionRequest => ({
  verb,
  target: { kind: 'instance', service, node },
});
const whole = (verb: ActionRequest['verb']): ActionRequest => ({ verb, target: { kind: 'node', node } });
const DEAD: Partial<UnitFacts> = { active: 'inactive', sub: 'dead' };
const FAILED: Partial<UnitFacts> = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 };
const UP: Partial<UnitFacts> = { active: 'active', sub: 'running', invocation: 'after' };
const IAM = 'iam.service';
const SETUP = 'iam-initial-setup.service';
const services = topology.services.map(({ unit }) => unit);
const all = (changes: Partial<UnitFacts>): Record<string, Partial<UnitFacts>> =>
  Object.fromEntries(services.map((unit) => [unit, changes]));

describe('a stop', () => {
  it('is over when the unit is down and what requires it, and names these', async () => {
    const { server, runner, planOf, poller, audited, jobs } = await bench();
    server.handle((_command, channel) => {
      poller.units = { [IAM]: { active: 'deactivating', sub: 'stop-sigterm' }, [SETUP]: DEAD };
      poller.down = ['iam@node02'];
      answer(channel, 0);
      setTimeout(() => {
        poller.units = { [IAM]: DEAD, [SETUP]: DEAD };
      }, 200);
    });
    const job = await runner.execute(planOf(on('stop', 'iam')));
    expect(job.outcome).toBe('succeeded');
    expect(job.words).toMatch(/^stopped in (?:<1|\d+) s; iam-initial-setup stopped with it$/);
    expect(jobs.map(({ words }) => words)).toContainEqual(
      expect.stringContaining('iam is deactivating (stop-sigterm)'),
    );
    expect(server.commands()).toEqual([`sudo -n systemctl stop -- ${IAM}`]);
    expect(audited()).toMatchObject([
      { phase: 'intent', verb: 'stop', target: 'iam@node02', unit: IAM, units: [IAM] },
      { phase: 'outcome', outcome: 'succeeded', units: [IAM], words: job.words, exitCode: 0 },
    ]);
  });

  it('tells of what has failed on the way down', async () => {
    const { server, runner, planOf, poller } = await bench();
    server.handle((_command, channel) => {
      poller.units = { [IAM]: { ...FAILED, result: 'timeout' }, [SETUP]: DEAD };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(on('stop', 'iam')))).toMatchObject({
      outcome: 'failed',
      words: expect.stringMatching(/^stopped in .*; iam has failed, timed out$/),
    });
  });

  it('is not over while it is up, and says so in the end', async () => {
    const { server, runner, planOf } = await bench({ minCommandMs: 3000 });
    server.handle((_command, channel) => answer(channel, 0));
    expect(await runner.execute(planOf(on('stop', 'fiberlb')))).toMatchObject({
      outcome: 'timeout',
      words: expect.stringMatching(/^not stopped after 0:0\d: fiberlb is active \(running\)$/),
    });
  });

  it.each([
    ['stop', {}, 'timeout', /^not stopped after .*: systemd has not been seen since$/],
    ['reset-failed', { [IAM]: FAILED }, 'unknown', /^systemd has not been seen since$/],
  ] as const)('(%s) is not over where a look leaves its unit out', async (verb, units, outcome, words) => {
    const { server, runner, planOf, poller, world } = await bench({
      units,
      minCommandMs: 3000,
      minWatchMs: 1500,
    });
    const plan = planOf(on(verb, 'iam'));
    server.handle((_command, channel) => {
      poller.on = false;
      const look = world.facts().units.get(node);
      const others = (look?.units ?? []).filter(({ unit }) => unit !== IAM && unit !== SETUP);
      const atMs = Date.now() + 1000;
      world.observe([{ kind: 'units', node, look: { atMs, units: others } }], atMs);
      answer(channel, 0);
    });
    expect(await runner.execute(plan)).toMatchObject({
      outcome,
      words: expect.stringMatching(words) as unknown,
    });
  });

  it('is told from its unit when the connection ends first', async () => {
    const { server, runner, planOf, poller, world } = await bench();
    server.handle(() => {
      server.drop();
      setTimeout(() => {
        poller.units = { [IAM]: DEAD, [SETUP]: DEAD };
      }, 200);
    });
    expect(world.cluster().nodes.get(node)?.link.state).toBe('up');
    expect(await runner.execute(planOf(on('stop', 'iam')))).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^stopped in/),
    });
  });

  it('is not known to have been where the connection ended and nothing changed', async () => {
    const { server, runner, planOf } = await bench({ minCommandMs: 3000 });
    server.handle(() => server.drop());
    expect(await runner.execute(planOf(on('stop', 'iam')))).toMatchObject({
      outcome: 'unknown',
      words: expect.stringContaining('no sign since that it was stopped'),
    });
  });

  it('of a node is over when all its services are down', async () => {
    const { server, runner, planOf, poller } = await bench();
    const steps = { ...all(DEAD), 'chainfire-cluster-join.service': DEAD, [SETUP]: DEAD };
    server.handle((_command, channel) => {
      poller.active = 'inactive';
      poller.units = { ...steps, 'flaredb-cluster-join.service': { sub: 'exited' } };
      answer(channel, 0);
      setTimeout(() => {
        poller.units = { ...steps, 'flaredb-cluster-join.service': DEAD };
      }, 200);
    });
    const job = await runner.execute(planOf(whole('stop')));
    expect(job).toMatchObject({ outcome: 'succeeded' });
    expect(job.words).toMatch(/; 3 steps stopped with it$/);
    expect(server.commands()).toEqual([`sudo -n systemctl stop -- ${services.join(' ')}`]);
  });

  it('does not run when it would stop more than was said', async () => {
    const { server, runner, planOf, poller, world } = await bench({ units: { [IAM]: DEAD, [SETUP]: DEAD } });
    const plan = planOf(on('stop', 'flaredb'));
    expect(plan.takesAlong).not.toContain(IAM);
    poller.units = {};
    await waitFor(() => {
      const units = world.facts().units.get(node)?.units;
      expect(units?.find(({ unit }) => unit === IAM)?.active).toBe('active');
    });
    expect(await runner.execute(plan)).toMatchObject({
      outcome: 'refused',
      words: expect.stringContaining('it would stop iam and iam-initial-setup as well now: look again'),
    });
    expect(server.commands()).toEqual([]);
  });
});

describe('a start', () => {
  const RESET = `sudo -n systemctl reset-failed -- ${IAM}`;
  const START = `sudo -n systemctl start -- ${IAM}`;

  it('is over when the instance is healthy and stable, not when it is active', async () => {
    const { server, runner, planOf, poller, jobs } = await bench({ units: { [IAM]: DEAD } });
    poller.down = ['iam@node02'];
    server.handle((_command, channel) => {
      poller.units = { [IAM]: UP };
      answer(channel, 0);
      setTimeout(() => {
        poller.down = [];
      }, 300);
    });
    const job = await runner.execute(planOf(on('start', 'iam')));
    expect(job).toMatchObject({ outcome: 'succeeded' });
    expect(job.words).toMatch(/^up in .*: active after .*, healthy .* later$/);
    expect(job.runs).toEqual(new Map([[IAM, 'after']]));
    expect(jobs.map(({ words }) => words)).toContainEqual(expect.stringMatching(/^active, /));
    expect(server.commands()).toEqual([START]);
  });

  it('that never gets healthy is told as that', async () => {
    const { server, runner, planOf, poller } = await bench({ units: { [IAM]: DEAD }, minWatchMs: 1500 });
    poller.down = ['iam@node02'];
    server.handle((_command, channel) => {
      poller.units = { [IAM]: UP };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(on('start', 'iam')))).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringMatching(/^started, but not healthy after /),
    });
  });

  it('forgets a failure first, and tells what systemd says of a start that fails', async () => {
    const { server, runner, planOf } = await bench({
      units: { [IAM]: { ...FAILED, result: 'start-limit-hit' } },
    });
    server.handle((command, channel) =>
      command === RESET
        ? answer(channel, 0)
        : answer(channel, 1, '', `Job for ${IAM} failed because start was attempted too often.\n`),
    );
    expect(await runner.execute(planOf(on('start', 'iam')))).toMatchObject({
      outcome: 'failed',
      words: `exit 1: Job for ${IAM} failed because start was attempted too often. – its log says why: journalctl -u ${IAM}`,
    });
    expect(server.commands()).toEqual([RESET, START]);
  });

  it('of what needs more is over when all of that is back, too', async () => {
    const { server, runner, planOf, poller } = await bench({
      units: { [IAM]: DEAD, 'flaredb.service': DEAD, [SETUP]: DEAD },
    });
    server.handle((_command, channel) => {
      poller.units = { [IAM]: UP, 'flaredb.service': { active: 'activating', sub: 'start' }, [SETUP]: DEAD };
      answer(channel, 0);
      setTimeout(() => {
        poller.units = { [IAM]: UP, 'flaredb.service': UP, [SETUP]: DEAD };
      }, 300);
    });
    expect(await runner.execute(planOf(on('start', 'iam')))).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^started iam and flaredb in \d+ s; still stopped: iam-initial-setup$/),
    });
  });

  it('of a step is over when its run is', async () => {
    const { server, runner, planOf, poller } = await bench({ units: { [SETUP]: DEAD } });
    server.handle((_command, channel) => {
      poller.units = { [SETUP]: { ...UP, sub: 'exited', exitHow: 1, exitCode: 0 } };
      answer(channel, 0);
    });
    const step = { kind: 'step', step: 'iam-initial-setup', node } as const;
    expect(await runner.execute(planOf({ verb: 'start', target: step }))).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^done in .*, exit 0/),
    });
  });

  it('of a node tells which are not up', async () => {
    const { server, runner, planOf, poller } = await bench({
      units: { [IAM]: DEAD, 'novanet.service': DEAD },
      minWatchMs: 1500,
    });
    server.handle((_command, channel) => {
      poller.units = { [IAM]: UP, 'novanet.service': { ...FAILED, invocation: 'after' } };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(whole('start')))).toMatchObject({
      outcome: 'not-healthy',
      words: 'started iam; not up: novanet failed, exit 3',
    });
    expect(server.commands()).toEqual([`sudo -n systemctl start -- ${IAM} novanet.service`]);
  });

  it.each([
    [
      'no sudo',
      1,
      'sudo: a password is required\n',
      /allow it in sudoers: NOPASSWD: .*systemctl start -- iam/,
    ],
    ['no such unit', 5, `Failed to start ${IAM}: Unit ${IAM} not found.\n`, /check the unit name/],
  ])('with %s says what to do', async (_name, code, stderr, words) => {
    const { server, runner, planOf } = await bench({ units: { [IAM]: DEAD } });
    server.handle((_command, channel) => answer(channel, code, '', stderr));
    expect(await runner.execute(planOf(on('start', 'iam')))).toMatchObject({
      outcome: 'failed',
      words: expect.stringMatching(words),
    });
  });
});

describe('a restart of a node', () => {
  it('is over when every service runs anew and is healthy', async () => {
    const { server, runner, planOf, poller } = await bench();
    server.handle((_command, channel) => {
      poller.invocation = 'after';
      poller.units = { ...all(UP), 'chainfire.service': { active: 'activating', sub: 'start' } };
      answer(channel, 0);
      setTimeout(() => {
        const steps = ['chainfire-cluster-join.service', 'flaredb-cluster-join.service', SETUP];
        poller.units = { ...all(UP), ...Object.fromEntries(steps.map((unit) => [unit, UP])) };
      }, 300);
    });
    const job = await runner.execute(planOf(whole('restart')));
    expect(job).toMatchObject({ outcome: 'succeeded' });
    expect(job.words).toMatch(/^restarted chainfire, flaredb, .* and 3 steps in \d+ s$/);
    expect(job.runs?.size).toBe(services.length + 3);
  });

  it('is not over while one has not run anew', async () => {
    const { server, runner, planOf } = await bench({ minWatchMs: 1500 });
    server.handle((_command, channel) => answer(channel, 0));
    expect(await runner.execute(planOf(whole('restart')))).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringContaining('chainfire no new run was seen yet'),
    });
  });
});

describe('a reset-failed', () => {
  it('is over when the unit has failed no more', async () => {
    const { server, runner, planOf, poller } = await bench({ units: { [IAM]: FAILED } });
    server.handle((_command, channel) => {
      answer(channel, 0);
      setTimeout(() => {
        poller.units = { [IAM]: DEAD };
      }, 100);
    });
    expect(await runner.execute(planOf(on('reset-failed', 'iam')))).toMatchObject({
      outcome: 'succeeded',
      words: 'failure forgotten: iam; start brings it up',
    });
    expect(server.commands()).toEqual([`sudo -n systemctl reset-failed -- ${IAM}`]);
  });

  it('that changes nothing is told as that', async () => {
    const { server, runner, planOf } = await bench({ units: { [IAM]: FAILED }, minWatchMs: 1500 });
    server.handle((_command, channel) => answer(channel, 0));
    expect(await runner.execute(planOf(on('reset-failed', 'iam')))).toMatchObject({
      outcome: 'failed',
      words: 'still failed: iam exit 3',
    });
  });
});
