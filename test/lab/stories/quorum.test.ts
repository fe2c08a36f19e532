/** The votes: lost with the power of two hosts, and kept through a restart of all three. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { asked, calm, desk, healthy, lab, nodes, onHost, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('the quorum', () => {
  beforeEach(calm);

  it('is lost with two hosts and regained with them', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('yank', 'node02');
    await lab('yank', 'node03');
    await session.until(/lost its quorum: 1 of 3 votes, 2 needed|quorum/, 40_000);
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

  it('holds through a rolling restart of chainfire', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    const runs = () => Promise.all(nodes.map((node) => shown(node, 'chainfire', 'InvocationID')));
    const before = await runs();
    session.press('g');
    await session.until(/❯.*chainfire/);
    await asked(session, 'r', 'Restart chainfire on 3 nodes');
    session.press('y');
    await session.until(/restart chainfire on 3 nodes +0 of 3/);
    session.press('4');
    let lost = false;
    await session.until((text) => {
      lost ||= /lost its quorum/.test(text);
      return /3 of 3 done in/.test(text);
    }, 130_000);
    expect(lost).toBe(false);
    for (const [index, run] of (await runs()).entries()) expect(run).not.toBe(before[index]);
    await expect.poll(() => at.audit().at(-1)?.phase).toBe('operation-end');
    expect(at.audit().map(({ phase }) => phase)).toEqual([
      'operation-begin',
      ...Array.from({ length: 3 }, () => ['intent', 'outcome']).flat(),
      'operation-end',
    ]);
    expect(at.audit().at(-2)).toMatchObject({ target: 'chainfire@node01', outcome: 'succeeded' });
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
  });
});
