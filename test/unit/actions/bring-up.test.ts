/** A bring-up over a real ssh: one command, then every unit that it starts until it is back. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '../../../src/core/model/action.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { answer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { type Bench, bench } from './bench.ts';

const COMMAND = 'sudo -n systemctl start --no-block -- multi-user.target';
const bringUp: ActionRequest = { verb: 'bring-up', target: { kind: 'node', node: 'node02' } };
const JOIN = 'flaredb-cluster-join.service';
const DEAD: Partial<UnitFacts> = { active: 'inactive', sub: 'dead' };
const UP: Partial<UnitFacts> = { invocation: 'after' };
const ALL = ['flaredb.service', 'iam.service', JOIN];

const all = (facts: Partial<UnitFacts>): Record<string, Partial<UnitFacts>> =>
  Object.fromEntries(ALL.map((unit) => [unit, facts]));

/** flaredb, iam and a step are dead on node02. */
const halfDead = async (changes: Parameters<typeof bench>[0] = {}): Promise<Bench> => {
  const made = await bench({ units: all(DEAD), ...changes });
  made.poller.down = ['flaredb@node02', 'iam@node02'];
  return made;
};

describe('the plan', () => {
  it('is one start of the boot target, without a question of quorum', async () => {
    const { planOf } = await halfDead();
    expect(planOf(bringUp)).toMatchObject({
      unit: 'multi-user.target',
      commands: [COMMAND.split(' ')],
      commandLines: [`ssh node02 -- ${COMMAND}`],
      starts: ALL,
      leftDown: [],
      takesAlong: [],
      quorum: [],
      users: [],
      refusals: [],
    });
    expect(planOf(bringUp)).not.toHaveProperty('typed');
  });

  it('offers nothing when nothing is down', async () => {
    const { server, runner, planOf } = await bench();
    expect(planOf(bringUp).refusals).toEqual(['nothing is down on node02']);
    expect(await runner.execute(planOf(bringUp))).toMatchObject({ outcome: 'refused' });
    expect(server.commands()).toEqual([]);
  });
});

describe('a bring-up', () => {
  it('is over when every unit is active and every service healthy', async () => {
    const { server, runner, planOf, poller, jobs, audited } = await halfDead();
    server.handle((_command, channel) => {
      poller.units = all({ ...DEAD, job: 3 });
      answer(channel, 0);
      setTimeout(() => {
        poller.units = all(UP);
      }, 100);
      setTimeout(() => {
        poller.down = ['iam@node02'];
      }, 200);
      setTimeout(() => {
        poller.down = [];
      }, 400);
    });
    const job = await runner.execute(planOf(bringUp));
    expect(job).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^brought back flaredb, iam and 1 step in \d+ s$/u),
    });
    expect([...(job.runs ?? [])]).toEqual(ALL.map((unit) => [unit, 'after']));
    const said = jobs.map(({ words }) => words);
    expect(said).toContain('0 of 3 are back; flaredb waits for its turn');
    expect(said.some((words) => words.startsWith('2 of 3 are back; iam active, '))).toBe(true);
    expect(audited()).toMatchObject([
      { phase: 'intent', verb: 'bring-up', target: 'node02', commands: [COMMAND.split(' ')] },
      { phase: 'outcome', outcome: 'succeeded', exitCode: 0 },
    ]);
  });

  it('is over though a member that came back leads beside another, and says so', async () => {
    const { server, runner, planOf, poller, world } = await halfDead();
    server.handle((_command, channel) => {
      world.lead('node01', 'node02');
      poller.units = all(UP);
      poller.down = [];
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(bringUp))).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^brought back .* s; flaredb: two leaders still: node01, node02$/u),
    });
  });

  it('counts what came back by itself before the operator said yes', async () => {
    const { server, runner, planOf, poller, world } = await halfDead();
    const plan = planOf(bringUp);
    const early = { 'flaredb.service': { invocation: 'early' } };
    poller.units = { ...all(DEAD), ...early };
    poller.down = ['iam@node02'];
    await waitFor(() => {
      const units = world.facts().units.get('node02')?.units;
      expect(units?.find(({ unit }) => unit === 'flaredb.service')?.active).toBe('active');
    });
    server.handle((_command, channel) => {
      poller.units = { ...all(UP), ...early };
      poller.down = [];
      answer(channel, 0);
    });
    expect(await runner.execute(plan)).toMatchObject({ outcome: 'succeeded' });
  });

  it('starts nothing that the operator was not shown', async () => {
    const { server, runner, planOf, poller, world } = await halfDead({
      units: { ...all(DEAD), 'flaredb.service': {} },
    });
    const plan = planOf(bringUp);
    poller.units = all(DEAD);
    await waitFor(() => {
      const units = world.facts().units.get('node02')?.units;
      expect(units?.find(({ unit }) => unit === 'flaredb.service')?.active).toBe('inactive');
    });
    expect(await runner.execute(plan)).toMatchObject({
      outcome: 'refused',
      words: 'it would start flaredb as well now: look again',
    });
    expect(server.commands()).toEqual([]);
  });

  it('ends at once when nothing of what is missing can come, and says why', async () => {
    const { server, runner, planOf, poller } = await halfDead({ minWatchMs: 60_000 });
    server.handle((_command, channel) => {
      poller.units = {
        ...all(DEAD),
        'flaredb.service': { ...UP, active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 },
      };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(bringUp))).toMatchObject({
      outcome: 'not-healthy',
      words:
        'not back: flaredb failed, exit 3, iam stayed down: what it requires did not start, flaredb-cluster-join stayed down: what it requires did not start',
    });
  });

  it('waits for what systemd tries again, and names it when time is up', async () => {
    const { server, runner, planOf, poller } = await halfDead({ minWatchMs: 1500 });
    server.handle((_command, channel) => {
      poller.units = {
        ...all(UP),
        'iam.service': { ...UP, active: 'activating', sub: 'auto-restart', result: 'exit-code', exitCode: 3 },
      };
      poller.down = ['iam@node02'];
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(bringUp))).toMatchObject({
      outcome: 'not-healthy',
      words: 'brought back flaredb and 1 step; not back: iam exit 3, tried again',
    });
  });

  it('names the sudoers line of just that command', async () => {
    const { server, runner, planOf } = await halfDead();
    server.handle((_command, channel) => answer(channel, 1, '', 'sudo: a password is required\n'));
    expect((await runner.execute(planOf(bringUp))).words).toBe(
      'exit 1: sudo: a password is required – allow it in sudoers: NOPASSWD: /usr/bin/systemctl start --no-block -- multi-user.target',
    );
  });

  it('is followed though ssh was lost, by what comes back', async () => {
    const { server, runner, planOf, poller } = await halfDead();
    server.handle(() => {
      server.drop();
      setTimeout(() => {
        poller.units = all(UP);
        poller.down = [];
      }, 200);
    });
    expect(await runner.execute(planOf(bringUp))).toMatchObject({ outcome: 'succeeded' });
  });

  it('claims nothing where ssh was lost and nothing moved', async () => {
    const { server, runner, planOf } = await halfDead({ minWatchMs: 1500 });
    server.handle(() => server.drop());
    expect(await runner.execute(planOf(bringUp))).toMatchObject({
      outcome: 'unknown',
      words: expect.stringMatching(/; no sign since that anything was started$/u),
    });
  });

  it('keeps other actions off its node', async () => {
    const { server, runner, planOf, plan, poller } = await halfDead();
    server.handle((_command, channel) => {
      poller.units = all({ ...DEAD, job: 3 });
      answer(channel, 0);
    });
    const running = runner.execute(planOf(bringUp));
    await waitFor(() => expect(server.commands()).toEqual([COMMAND]));
    expect(plan().refusals).toEqual([]);
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'refused',
      words: 'bring-up node02 is still running',
    });
    poller.units = all(UP);
    poller.down = [];
    await running;
  });
});
