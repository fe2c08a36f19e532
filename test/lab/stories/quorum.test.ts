/** The votes: lost with the power of two hosts or by hand, and kept through a restart of all three. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { selectInstance } from '../../e2e/select.ts';
import {
  allActiveOn,
  asked,
  calm,
  desk,
  healthy,
  lab,
  nodes,
  onHost,
  plain,
  shown,
  statusSays,
} from '../hosts.ts';
import { sampled, votesOver } from '../samples.ts';

describe.skipIf(inject('whyNoLab') !== '')('the quorum', () => {
  beforeEach(calm);

  it('is lost with two hosts and regained with them', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('yank', 'node02');
    await lab('yank', 'node03');
    await session.until(/lost its quorum: 1 of 3 votes, 2 needed/, 40_000);
    // For systemd all is well on the host that is left.
    expect(await onHost('node01', 'systemctl', 'is-system-running')).toBe('running');
    expect(await shown('node01', 'chainfire', 'SubState')).toBe('running');
    expect((await statusSays(at, /quorum/)).verdict).toBe('down');

    await lab('on', 'node02');
    await session.until((text) => !/lost its quorum/.test(text), 60_000);
    await lab('on', 'node03');
    await session.until(healthy, 90_000);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('is lost with chainfire stopped on two hosts, and regained from the console', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await onHost('node03', 'systemctl', 'stop', 'chainfire');
    await session.until((text) => !healthy.test(text), 30_000);
    await selectInstance(session, 'chainfire', 'node02');
    // The second one would take the quorum along: one key is not enough, and a wrong name neither.
    const dialog = plain(await asked(session, 'x', 'Stop chainfire on node02'));
    expect(dialog).toContain('This breaks the quorum.');
    session.press('y', 'enter');
    await session.until(/to go on: y/);
    expect(await shown('node02', 'chainfire', 'ActiveState')).toBe('active');
    expect(at.audit()).toEqual([]);
    session.press('backspace', ...'chainfire');
    await session.until(/to go on: chainfire/);
    session.press('enter');
    await session.until(/lost its quorum/, 30_000);
    const states = () => Promise.all(nodes.map((node) => shown(node, 'chainfire', 'ActiveState')));
    expect(await states()).toEqual(['active', 'inactive', 'inactive']);
    expect((await statusSays(at, /lost its quorum/)).verdict).toBe('down');

    // What is down takes no vote: a yes is enough.
    await asked(session, 'r', 'Restart chainfire on node02');
    await session.until(/Go on\?/);
    session.press('y');
    // FlareDB went along, and waits for a bring-up.
    await session.until(/chainfire +◐ degraded 2\/3 leader node01/, 40_000);
    expect(await states()).toEqual(['active', 'active', 'inactive']);
    const told = async () => (await at.status()).services;
    await expect.poll(told, { timeout: 60_000, interval: 500 }).toContainEqual(
      expect.objectContaining({
        name: 'chainfire',
        quorum: expect.objectContaining({ standing: 'held', votes: 2 }),
      }),
    );
    await session.until(/● restart chainfire@node02[\s\S]*recovered/, 40_000);
    const unfiltered = (): string => {
      if (session.text().includes('filter chainfire')) session.press('esc');
      return session.text();
    };
    await expect.poll(unfiltered, { interval: 500 }).not.toContain('filter chainfire');
    session.press('2', 'G');
    await session.until(/❯node03/);
    await asked(session, 'u', 'Bring up node03');
    session.press('y');
    await session.until(/brought back chainfire/, 60_000);
    session.press('k');
    await session.until(/❯node02/);
    await asked(session, 'u', 'Bring up node02');
    session.press('y');
    await session.until(healthy, 60_000);
    for (const node of nodes) await allActiveOn(node);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    await expect.poll(() => at.audit().length).toBe(8);
    expect(at.audit().filter(({ phase }) => phase === 'outcome')).toMatchObject([
      { verb: 'stop', target: 'chainfire@node02', outcome: 'succeeded' },
      { verb: 'restart', target: 'chainfire@node02', outcome: 'succeeded' },
      { verb: 'bring-up', target: 'node03', outcome: 'succeeded' },
      { verb: 'bring-up', target: 'node02', outcome: 'succeeded' },
    ]);
  });

  it('holds through a rolling restart of chainfire while three consoles look on', async () => {
    // Often, and with time enough on a busy machine: without fresh news of every member nothing is begun.
    const at = desk({ poll: '{ interval: 1s, timeout: 900ms }' });
    const [session, ...others] = await Promise.all([at.open(), at.open(80, 24), at.open(120, 40)]);
    const consoles = [session, ...others];
    await Promise.all(consoles.map((one) => one.until(healthy, 60_000)));
    const runs = () => Promise.all(nodes.map((node) => shown(node, 'chainfire', 'InvocationID')));
    const before = await runs();
    const samples = nodes.map((node) => sampled(node, 'chainfire'));
    session.press('g');
    await session.until(/❯.*chainfire/);
    await asked(session, 'r', 'Restart chainfire on 3 nodes');
    session.press('y');
    await session.until(/restart chainfire on 3 nodes +0 of 3/);
    session.press('4');
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const lost: string[] = [];
    const watched = consoles.map((one) =>
      one.until((text) => {
        if (/lost its quorum/.test(text)) lost.push(text);
        return isOver;
      }, 150_000),
    );
    // Somebody asks again and again as well.
    const asks = (async () => {
      while (!isOver) {
        if (/quorum/.test((await at.status()).headline.sentence)) lost.push('status');
        // A whole program at each look: the hosts get their turn between.
        await delay(500);
      }
    })();
    await session.until(/3 of 3 done in/, 130_000);
    await Promise.all(consoles.map((one) => one.until(healthy, 60_000)));
    isOver = true;
    await Promise.all([asks, ...watched]);
    expect(lost).toEqual([]);
    for (const [index, run] of (await runs()).entries()) expect(run).not.toBe(before[index]);
    // The members themselves and systemd, at each look at any of them: two of three, at the least.
    const votes = votesOver(samples);
    expect(votes.length).toBeGreaterThan(20);
    expect(Math.min(...votes.map(({ led }) => led))).toBeGreaterThanOrEqual(2);
    expect(Math.min(...votes.map(({ active }) => active))).toBe(2);

    await expect.poll(() => at.audit().at(-1)?.phase).toBe('operation-end');
    expect(at.audit().map(({ phase }) => phase)).toEqual([
      'operation-begin',
      ...Array.from({ length: 3 }, () => ['intent', 'outcome']).flat(),
      'operation-end',
    ]);
    expect(at.audit().at(-2)).toMatchObject({ target: 'chainfire@node01', outcome: 'succeeded' });
    // The others tell of it, and agree.
    for (const other of others) {
      other.press('4');
      await other.until(/restart chainfire/, 20_000);
    }
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
  }, 240_000);
});
