/** The runner over a real ssh: the node is a server on loopback, the facts are judged by the real core. */
import { mkdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { bench, cleanups } from './bench.ts';

const RESTART = 'sudo -n systemctl restart -- fiberlb.service';

describe('a restart that works', () => {
  it('audits, runs, waits until it is well and stays so, and audits again', async () => {
    const { server, runner, plan, poller, audited, jobs } = await bench();
    let auditedBefore: unknown[] = [];
    server.handle((_command, channel) => {
      auditedBefore = audited().map((record) => record.phase);
      poller.down = ['fiberlb@node02'];
      poller.invocation = 'after';
      answer(channel, 0);
      setTimeout(() => {
        poller.down = [];
      }, 300);
    });
    const job = await runner.execute(plan());
    expect(job).toMatchObject({
      phase: 'done',
      outcome: 'succeeded',
      words: expect.stringMatching(/^recovered in /u),
    });
    expect(auditedBefore).toEqual(['intent']);
    expect(server.commands()).toEqual([RESTART]);
    expect(audited()).toMatchObject([
      {
        phase: 'intent',
        id: job.id,
        cluster: 'test',
        node: 'node02',
        unit: 'fiberlb.service',
        user: { name: 'tester' },
      },
      { phase: 'outcome', id: job.id, outcome: 'succeeded', words: job.words, exitCode: 0 },
    ]);
    expect([...new Set(jobs.map((one) => one.phase))]).toEqual(['audit', 'running', 'watching', 'done']);
    expect(runner.running()).toEqual([]);
  });

  it('asks for looks while it is not well', async () => {
    const asked: string[] = [];
    const { server, runner, plan, poller } = await bench({
      nudge: (node) => asked.push(node),
      minWatchMs: 20_000,
    });
    server.handle((_command, channel) => {
      poller.down = ['fiberlb@node02'];
      poller.invocation = 'after';
      answer(channel, 0);
    });
    const done = runner.execute(plan());
    await waitFor(() => expect(asked.length).toBeGreaterThan(1));
    poller.down = [];
    expect(await done).toMatchObject({ outcome: 'succeeded' });
    expect(new Set(asked)).toEqual(new Set(['node02']));
  });
});

it('ends well for a leader beside another, and says that there are two still', async () => {
  const { server, runner, plan, poller, world, audited } = await bench();
  world.lead('node01', 'node02');
  await waitFor(() => expect(world.cluster().instances.get('chainfire@node02')?.split).toBe('two-leaders'));
  server.handle((_command, channel) => {
    poller.units = { 'chainfire.service': { invocation: 'after' } };
    answer(channel, 0);
  });
  const job = await runner.execute(plan('chainfire@node02'));
  expect(job).toMatchObject({
    outcome: 'succeeded',
    words: expect.stringMatching(/^recovered in .*; two leaders still: node01, node02$/u),
  });
  expect(audited().at(-1)).toMatchObject({ outcome: 'succeeded', words: job.words });
});

it('goes by the endpoint alone where nobody sees the unit', async () => {
  const { runner, plan } = await bench({ looks: false });
  expect(await runner.execute(plan())).toMatchObject({ outcome: 'succeeded' });
});

/** For what never comes: how long it is waited for. */
const BRIEFLY = { minWatchMs: 1500 };

describe('what does not pass for a recovery', () => {
  it('a green from before the restart', async () => {
    const { server, runner, plan, poller } = await bench(BRIEFLY);
    server.handle((_command, channel) => {
      poller.on = false;
      answer(channel, 0);
    });
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'not-healthy',
      words: 'restarted, but not healthy after 1 s: its health has not been seen since',
    });
  });

  it('an endpoint that stays silent', async () => {
    const { server, runner, plan, poller, audited } = await bench(BRIEFLY);
    server.handle((_command, channel) => {
      poller.down = ['fiberlb@node02'];
      poller.invocation = 'after';
      answer(channel, 0);
    });
    const job = await runner.execute(plan());
    expect(job).toMatchObject({ outcome: 'not-healthy', words: expect.stringContaining('refused') });
    expect(audited().at(-1)).toMatchObject({ outcome: 'not-healthy', exitCode: 0 });
  });

  it('a unit that is not active, whatever its endpoint says', async () => {
    const { server, runner, plan, poller } = await bench(BRIEFLY);
    server.handle((_command, channel) => {
      poller.active = 'failed';
      poller.invocation = 'after';
      answer(channel, 0);
    });
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringContaining('its unit is failed'),
    });
  });

  it('the invocation from before', async () => {
    const { runner, plan } = await bench(BRIEFLY);
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringContaining('systemd has not restarted it yet'),
    });
  });

  it('health that comes and goes', async () => {
    const { server, runner, plan, poller } = await bench({ ...BRIEFLY, stableMs: () => 20_000 });
    server.handle((_command, channel) => {
      poller.invocation = 'after';
      answer(channel, 0);
    });
    const timer = setInterval(() => {
      poller.down = poller.down.length === 0 ? ['fiberlb@node02'] : [];
    }, 400);
    cleanups.push(() => clearInterval(timer));
    expect(await runner.execute(plan())).toMatchObject({ outcome: 'not-healthy' });
  });
});

describe('commands that fail', () => {
  it('tells what sudo says, and what to do', async () => {
    const { server, runner, plan, audited } = await bench();
    server.handle((_command, channel) => answer(channel, 1, '', 'sudo: a password is required\n'));
    const job = await runner.execute(plan());
    expect(job).toMatchObject({ outcome: 'failed', words: expect.stringContaining('allow it in sudoers') });
    expect(audited().at(-1)).toMatchObject({ phase: 'outcome', outcome: 'failed', exitCode: 1 });
  });

  it('says that nothing was sent when the session was refused', async () => {
    const { server, runner, plan } = await bench();
    server.refuseSessions(true);
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'failed',
      words: expect.stringMatching(/^nothing was sent: .*refused by peer/u),
    });
    expect(server.commands()).toEqual([]);
  });
});

describe('a connection that is lost under the command', () => {
  it('goes on watching, and reports a recovery by its new invocation', async () => {
    const { server, runner, plan, poller } = await bench();
    server.handle((_command, _channel) => {
      poller.invocation = 'after';
      server.drop();
    });
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringContaining('though ssh was lost'),
    });
  });

  it('does not claim a restart of which there is no sign', async () => {
    const { server, runner, plan, audited } = await bench(BRIEFLY);
    server.handle(() => server.drop());
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'unknown',
      words: 'the connection ended under the command; no sign since that it was restarted',
    });
    expect(audited().at(-1)).toMatchObject({ outcome: 'unknown' });
    expect(audited().at(-1)).not.toHaveProperty('exitCode');
  });

  it('takes a healthy endpoint for no sign, where nobody sees the unit', async () => {
    const { server, runner, plan } = await bench({ ...BRIEFLY, looks: false });
    server.handle(() => server.drop());
    expect(await runner.execute(plan())).toMatchObject({ outcome: 'unknown' });
  });

  it('gives a command that does not return its own outcome', async () => {
    const { server, runner, plan } = await bench({ ...BRIEFLY, minCommandMs: 3000 });
    server.handle(() => {});
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'timeout',
      words: 'no answer in 3 s; no sign since that it was restarted',
    });
  });
});

describe('what never reaches the node', () => {
  it('anything at all when read-only', async () => {
    const { server, runner, plan, audited, jobs } = await bench({ readOnly: true });
    const job = await runner.execute(plan());
    expect(job).toMatchObject({
      phase: 'done',
      outcome: 'refused',
      words: expect.stringContaining('read-only'),
    });
    expect(jobs).toEqual([job]);
    expect(server.commands()).toEqual([]);
    expect(audited()).toEqual([]);
  });

  it('what the guard refuses by now', async () => {
    const { server, runner, plan, world, audited } = await bench();
    const confirmed = plan();
    world.link(Date.now(), 'node02', { state: 'none' });
    expect(await runner.execute(confirmed)).toMatchObject({
      outcome: 'refused',
      words: 'there is no ssh connection to node02 yet',
    });
    expect(server.commands()).toEqual([]);
    expect(audited()).toEqual([]);
  });

  it('what would break a quorum now and would not have when it was confirmed', async () => {
    const { server, runner, plan, poller, world } = await bench();
    const confirmed = plan('chainfire@node02');
    expect(confirmed.typed).toBeUndefined();
    poller.down = ['chainfire@node03'];
    await waitFor(() => expect(world.cluster().services.get('chainfire')?.quorum?.votes).toBe(2));
    expect(await runner.execute(confirmed)).toMatchObject({
      outcome: 'refused',
      words: expect.stringContaining('break a quorum now'),
    });
    expect(server.commands()).toEqual([]);
  });

  it('what would break a quorum now, where a name was typed for less', async () => {
    const { server, runner, planOf, poller, world } = await bench();
    const confirmed = planOf({
      verb: 'stop',
      target: { kind: 'instance', service: 'chainfire', node: 'node02' },
    });
    expect(confirmed).toMatchObject({ typed: 'chainfire', danger: { kind: 'stays-down' } });
    poller.down = ['chainfire@node03'];
    await waitFor(() => expect(world.cluster().services.get('chainfire')?.quorum?.votes).toBe(2));
    expect(await runner.execute(confirmed)).toMatchObject({
      outcome: 'refused',
      words: expect.stringContaining('break a quorum now'),
    });
    expect(server.commands()).toEqual([]);
  });

  it('what would take more from users now, where a name was typed for less', async () => {
    const { server, runner, planOf, poller, world } = await bench();
    poller.down = ['novanet@node01', 'novanet@node03'];
    await waitFor(() => expect(world.cluster().instances.get('novanet@node03')?.verdict).toBe('down'));
    const target = { kind: 'instance', service: 'novanet', node: 'node02' } as const;
    const shown = planOf({ verb: 'stop', target });
    expect(shown.danger).toMatchObject({ kind: 'capability' });
    expect(runner.objections(shown, {})).toEqual([]);
    const less = { ...shown, danger: { kind: 'capability', titles: ['something else'] } } as const;
    expect(await runner.execute(less)).toMatchObject({
      outcome: 'refused',
      words: expect.stringMatching(/^it would take .* away now: look again$/u) as unknown,
    });
    expect(server.commands()).toEqual([]);
  });

  it('not what has gone down besides what a start or a reset names', async () => {
    const dead = { active: 'failed', sub: 'failed', result: 'exit-code' };
    const { runner, planOf, poller, world } = await bench({ units: { 'iam.service': dead } });
    const target = { kind: 'node', node: 'node02' } as const;
    const shown = (['start', 'reset-failed'] as const).map((verb) => planOf({ verb, target }));
    poller.units = { 'iam.service': dead, 'flashdns.service': dead };
    await waitFor(() =>
      expect(
        world
          .facts()
          .units.get('node02')
          ?.units.filter(({ active }) => active === 'failed'),
      ).toHaveLength(2),
    );
    for (const plan of shown) expect(runner.objections(plan, {})).toEqual([]);
  });

  it('a second vote, when both restarts were confirmed before either began', async () => {
    const { server, runner, plan } = await bench();
    const [first, second] = [plan('chainfire@node01'), plan('chainfire@node02')];
    server.handle(() => {});
    const running = runner.execute(first);
    expect(await runner.execute(second)).toMatchObject({
      outcome: 'refused',
      words: expect.stringContaining('break a quorum now'),
    });
    await runner.close();
    await running;
    expect(server.commands().every((command) => command.includes('chainfire'))).toBe(true);
    expect(server.commands().length).toBeLessThan(2);
  });

  it('what cannot be recorded', async () => {
    const { server, runner, plan } = await bench({ auditFile: '/dev/full' });
    expect(await runner.execute(plan())).toMatchObject({
      outcome: 'refused',
      words: expect.stringMatching(/^nothing ran: .*no space left on device.*free space/u),
    });
    expect(server.commands()).toEqual([]);
  });

  it('a second action on a node while one runs', async () => {
    const { server, runner, plan, poller } = await bench();
    let release = (): void => {};
    server.handle((_command, channel) => {
      poller.invocation = 'after';
      release = () => answer(channel, 0);
    });
    const first = runner.execute(plan());
    await waitFor(() => expect(server.commands()).toEqual([RESTART]));
    expect(runner.running()).toMatchObject([{ phase: 'running', plan: { target: { service: 'fiberlb' } } }]);
    expect(await runner.execute(plan('novanet@node02'))).toMatchObject({
      outcome: 'refused',
      words: 'restart fiberlb@node02 is still running',
    });
    release();
    expect(await first).toMatchObject({ outcome: 'succeeded' });
    expect(server.commands()).toEqual([RESTART]);
  });
});

describe('cancelling', () => {
  it('stops a command and says that systemd goes on', async () => {
    const { server, runner, plan, audited } = await bench();
    server.handle(() => {});
    const running = runner.execute(plan());
    await waitFor(() => expect(server.commands()).toEqual([RESTART]));
    for (const job of runner.running()) runner.cancel(job.id);
    expect(await running).toMatchObject({
      outcome: 'cancelled',
      words: expect.stringContaining('under systemd'),
    });
    expect(audited().at(-1)).toMatchObject({ outcome: 'cancelled' });
  });

  it('ends everything at close, in the audit too, and names what nobody saw the end of', async () => {
    const { server, runner, plan, audited } = await bench();
    server.handle(() => {});
    const running = runner.execute(plan());
    await waitFor(() => expect(server.commands()).toEqual([RESTART]));
    expect(await runner.close()).toEqual([await running]);
    expect(audited().at(-1)).toMatchObject({ phase: 'outcome', outcome: 'cancelled' });
    expect(await runner.close()).toEqual([]);
  });

  it('stops watching', async () => {
    const { runner, plan, jobs } = await bench({ minWatchMs: 20_000 });
    const running = runner.execute(plan());
    await waitFor(() => expect(jobs.at(-1)?.phase).toBe('watching'));
    for (const job of runner.running()) runner.cancel(job.id);
    expect(await running).toMatchObject({ outcome: 'cancelled' });
    runner.cancel('no such job');
  });
});

it('says in words that the outcome is not in the audit', async () => {
  const { server, runner, plan, poller, auditFile } = await bench();
  server.handle((_command, channel) => {
    rmSync(auditFile);
    mkdirSync(auditFile);
    poller.invocation = 'after';
    answer(channel, 0);
  });
  expect(await runner.execute(plan())).toMatchObject({
    outcome: 'succeeded',
    words: expect.stringMatching(/^recovered in .*\(not in the audit: .*illegal operation on a directory/u),
  });
});
