/** Reruns over a real ssh: two commands, then the unit alone tells what came of them. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '../../../src/core/model/action.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { answer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { bench, cleanups } from './bench.ts';

const STEP = 'flaredb-cluster-join.service';
const RESET = `sudo -n systemctl reset-failed -- ${STEP}`;
const RESTART = `sudo -n systemctl restart --no-block -- ${STEP}`;
const rerun: ActionRequest = {
  verb: 'rerun',
  target: { kind: 'step', step: 'flaredb-cluster-join', node: 'node02' },
};

const step = (changes: Partial<UnitFacts>): Partial<UnitFacts> => ({
  type: 'oneshot',
  sub: 'exited',
  exitHow: 1,
  exitCode: 0,
  ...changes,
});
const FAILED = step({ active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 1 });
const DONE = step({ invocation: 'after', inactiveExitMs: 1000, activeEnterMs: 4000 });

const failedBench = (changes: Parameters<typeof bench>[0] = {}) =>
  bench({ units: { [STEP]: FAILED }, ...changes });

describe('a rerun that works', () => {
  it('forgets the failure, restarts, follows the new run, and audits every command', async () => {
    const { server, runner, planOf, poller, audited, jobs } = await failedBench();
    server.handle((command, channel) => {
      answer(channel, 0);
      if (command !== RESTART) return;
      poller.units = { [STEP]: { ...FAILED, active: 'inactive', sub: 'dead', job: 7 } };
      setTimeout(() => {
        poller.units = { [STEP]: step({ active: 'activating', sub: 'start', invocation: 'after', job: 7 }) };
      }, 150);
      setTimeout(() => {
        poller.units = { [STEP]: DONE };
      }, 300);
    });
    const job = await runner.execute(planOf(rerun));
    expect(job).toMatchObject({ outcome: 'succeeded', words: 'done in 3 s, exit 0' });
    expect(job.runs).toEqual(new Map([[STEP, 'after']]));
    expect(server.commands()).toEqual([RESET, RESTART]);
    const said = jobs.map(({ words }) => words.replace(/, 0:0\d$/u, ''));
    expect(said).toContain('waits for its turn');
    expect(said).toContain('runs');
    expect(audited()).toMatchObject([
      {
        phase: 'intent',
        verb: 'rerun',
        target: 'flaredb-cluster-join@node02',
        node: 'node02',
        unit: STEP,
        commands: [RESET.split(' '), RESTART.split(' ')],
        commandLines: [`ssh node02 -- ${RESET}`, `ssh node02 -- ${RESTART}`],
      },
      { phase: 'outcome', id: job.id, outcome: 'succeeded', words: job.words, exitCode: 0 },
    ]);
  });

  it('forgets nothing where nothing failed', async () => {
    const { server, runner, planOf, poller } = await bench({ units: { [STEP]: step({}) } });
    server.handle((_command, channel) => {
      poller.units = { [STEP]: DONE };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(rerun))).toMatchObject({ outcome: 'succeeded' });
    expect(server.commands()).toEqual([RESTART]);
  });

  it('goes on when systemd has nothing to forget', async () => {
    const { server, runner, planOf, poller } = await failedBench();
    server.handle((command, channel) => {
      if (command === RESET)
        return answer(
          channel,
          1,
          '',
          `Failed to reset failed state of unit ${STEP}: Unit ${STEP} not loaded.\n`,
        );
      poller.units = { [STEP]: DONE };
      return answer(channel, 0);
    });
    expect(await runner.execute(planOf(rerun))).toMatchObject({ outcome: 'succeeded' });
    expect(server.commands()).toEqual([RESET, RESTART]);
  });

  it('says what it freed, and what stays dead', async () => {
    const CHAIN = 'chainfire-cluster-join.service';
    const dead = step({ active: 'inactive', sub: 'dead' });
    const { server, runner, planOf, poller } = await bench({
      units: { [CHAIN]: FAILED, [STEP]: dead, 'iam-initial-setup.service': dead },
    });
    server.handle((_command, channel) => {
      poller.units = { [CHAIN]: DONE, [STEP]: dead, 'iam-initial-setup.service': dead };
      answer(channel, 0);
    });
    const plan = planOf({
      ...rerun,
      target: { kind: 'step', step: 'chainfire-cluster-join', node: 'node02' },
    });
    expect(plan.leavesStopped).toEqual([STEP]);
    expect(await runner.execute(plan)).toMatchObject({
      words: 'done in 3 s, exit 0; flaredb-cluster-join stays dead: a bring-up starts it',
    });
  });

  it('of an instance is over when that is healthy', async () => {
    const UNIT = 'fiberlb.service';
    const failed: Partial<UnitFacts> = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 };
    const { server, runner, planOf, poller } = await bench({ units: { [UNIT]: failed } });
    poller.down = ['fiberlb@node02'];
    server.handle((command, channel) => {
      if (command.includes('restart')) {
        poller.units = { [UNIT]: { invocation: 'after' } };
        setTimeout(() => {
          poller.down = [];
        }, 200);
      }
      answer(channel, 0);
    });
    const plan = planOf({ verb: 'rerun', target: { kind: 'instance', service: 'fiberlb', node: 'node02' } });
    expect(await runner.execute(plan)).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^recovered in /u),
    });
    expect(server.commands()).toEqual([
      `sudo -n systemctl reset-failed -- ${UNIT}`,
      `sudo -n systemctl restart --no-block -- ${UNIT}`,
    ]);
  });
});

describe('a rerun that does not work', () => {
  it.each<[string, Partial<UnitFacts>, RegExp]>([
    [
      'fails for good',
      { ...FAILED, invocation: 'after' },
      /^failed: exit 1 after 0:0\d; systemd does not try again$/u,
    ],
    [
      'fails, and is tried again',
      { ...FAILED, active: 'activating', sub: 'auto-restart', invocation: 'after' },
      /^failed: exit 1 after 0:0\d; systemd tries again$/u,
    ],
    ['is killed', { ...FAILED, result: 'timeout', invocation: 'after' }, /^failed: timed out after/u],
    [
      'never starts, for its job is given up',
      step({ active: 'inactive', sub: 'dead' }),
      /^systemd did not start it: what it requires did not start, or its job was cancelled$/u,
    ],
    [
      'is refused by the start limit',
      FAILED,
      /^systemd did not start it: it has failed too often, or what it requires did not start$/u,
    ],
  ])('%s', async (_name, now, words) => {
    const { server, runner, planOf, poller, audited } = await failedBench();
    server.handle((_command, channel) => {
      poller.units = { [STEP]: now };
      answer(channel, 0);
    });
    expect(await runner.execute(planOf(rerun))).toMatchObject({
      outcome: 'failed',
      words: expect.stringMatching(words),
    });
    expect(audited().at(-1)).toMatchObject({ outcome: 'failed', exitCode: 0 });
  });

  it('says what the failed run said last', async () => {
    const { server, runner, planOf, poller, world } = await failedBench();
    world.observe(
      [{ kind: 'feed', node: 'node02', feed: 'journal', state: { state: 'live', sinceMs: 0 } }],
      Date.now(),
    );
    const line = (text: string, from: 'unit' | 'systemd', invocation: string) => ({
      unit: STEP,
      atMs: Date.now(),
      priority: 3,
      text,
      from,
      invocation,
    });
    server.handle((command, channel) => {
      answer(channel, 0);
      if (command !== RESTART) return;
      poller.units = { [STEP]: { ...FAILED, invocation: 'after' } };
      // The journal is a little behind the unit.
      setTimeout(() => {
        const lines = [
          line('an older run', 'unit', 'before'),
          line('join refused', 'unit', 'after'),
          line('Failed to start', 'systemd', 'after'),
        ];
        world.observe([{ kind: 'log', node: 'node02', lines, dropped: 0 }], Date.now());
      }, 200);
    });
    expect((await runner.execute(planOf(rerun))).words).toMatch(
      /^failed: exit 1 after 0:0\d; systemd does not try again; it said: join refused$/u,
    );
  });

  it('waits no longer than it should for a run that never comes', async () => {
    const { server, runner, planOf } = await bench({ units: { [STEP]: step({}) }, minCommandMs: 3000 });
    server.handle((_command, channel) => answer(channel, 0));
    expect(await runner.execute(planOf(rerun))).toMatchObject({
      outcome: 'timeout',
      words: expect.stringMatching(/^not done after 0:0\d: no new run was seen yet$/u),
    });
  });

  it('sends no restart where forgetting is refused, and names the sudoers line of just that', async () => {
    const { server, runner, planOf } = await failedBench();
    server.handle((_command, channel) => answer(channel, 1, '', 'sudo: a password is required\n'));
    expect(await runner.execute(planOf(rerun))).toMatchObject({
      outcome: 'failed',
      words: `exit 1: sudo: a password is required – allow it in sudoers: NOPASSWD: /usr/bin/systemctl reset-failed -- ${STEP}`,
    });
    expect(server.commands()).toEqual([RESET]);
  });
});

describe('a connection that is lost', () => {
  it('under the first command: the second is not sent, and that is said', async () => {
    const { server, runner, planOf } = await failedBench();
    server.handle(() => server.drop());
    expect(await runner.execute(planOf(rerun))).toMatchObject({
      // Whatever runs anew after that is not its doing: nothing is to be looked up.
      outcome: 'failed',
      words: expect.stringMatching(/; restart was not sent$/u),
    });
    expect(server.commands()).toEqual([RESET]);
  });

  it('under the last: the new run is followed all the same', async () => {
    const { server, runner, planOf, poller } = await failedBench();
    server.handle((command, channel) => {
      if (command === RESET) return answer(channel, 0);
      server.drop();
      setTimeout(() => {
        poller.units = { [STEP]: DONE };
      }, 200);
      return undefined;
    });
    expect(await runner.execute(planOf(rerun))).toMatchObject({
      outcome: 'succeeded',
      words: 'done in 3 s, exit 0',
    });
  });

  it('and no new run: nothing is claimed', async () => {
    const { server, runner, planOf } = await failedBench({ minCommandMs: 3000 });
    server.handle((command, channel) => (command === RESET ? answer(channel, 0) : server.drop()));
    const job = await runner.execute(planOf(rerun));
    expect(job.outcome).toBe('unknown');
    expect(job.words).toMatch(/; no sign since that it was run again$/u);
  });
});

it('stops watching when it is told to, and says that systemd goes on', async () => {
  const { server, runner, planOf, poller, jobs } = await failedBench();
  server.handle((_command, channel) => {
    poller.units = { [STEP]: step({ active: 'activating', sub: 'start', invocation: 'after' }) };
    answer(channel, 0);
  });
  const running = runner.execute(planOf(rerun));
  await waitFor(() => expect(jobs.at(-1)?.words).toMatch(/^runs/u));
  for (const job of runner.running()) runner.cancel(job.id);
  expect(await running).toMatchObject({
    outcome: 'cancelled',
    words: expect.stringContaining('under systemd'),
  });
  expect(cleanups.length).toBeGreaterThan(0);
});

it('is refused by the one gate when the console is read-only', async () => {
  const { server, runner, planOf } = await failedBench({ readOnly: true });
  expect(await runner.execute(planOf(rerun))).toMatchObject({
    outcome: 'refused',
    words: expect.stringContaining('read-only'),
  });
  expect(server.commands()).toEqual([]);
});
