/** Hosts that boot for the first time: all goes well, and a step that fails. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { underCursor } from '../../e2e/select.ts';
import { allActiveOn, asked, calm, desk, healthy, lab, nodes, onHost, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('a first boot', () => {
  it('of three hosts is followed to its end', async () => {
    await Promise.all(nodes.map((node) => lab('firstboot', node)));
    const at = desk();
    const session = await at.open();
    await session.until(/Cluster is starting: \d+ of 27 instances ready/);
    session.press('5');
    await session.until(/● Ready after \d:\d\d/, 90_000);
    await session.until(healthy, 30_000);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27, down: 0 } });
    for (const node of nodes) {
      await allActiveOn(node);
      expect(await onHost(node, 'systemctl', 'is-system-running')).toBe('running');
    }
    expect(at.audit()).toEqual([]);
  });

  describe('with a step that fails', () => {
    beforeEach(calm);

    it('is held by it until it is rerun', async () => {
      const step = 'flaredb-cluster-join';
      await lab('firstboot', 'node03');
      // Chainfire must be up first, which takes seconds: the fault is there before the step.
      await lab('fault', 'node03', 'fail', step, 'no leader');
      const at = desk();
      const session = await at.open();
      await session.until(/SERVICE/);
      session.press('5');
      await session.until(/cause +flaredb-cluster-join on node03 · fails?, exit 1/, 60_000);
      await session.until(/log .*flaredb-cluster-join: ERROR refused: no leader/);
      expect(await shown('node03', step, 'Result')).toBe('exit-code');
      expect((await statusSays(at, /flaredb-cluster-join on node03 fails/)).verdict).not.toBe('ok');

      await lab('clear', 'node03', 'fail', step);
      const before = await shown('node03', step, 'InvocationID');
      session.press('G', 'enter');
      await session.until(/▾ node03/);
      for (let row = 0; row < 6 && underCursor(session.text()) !== step; row += 1) {
        const before = underCursor(session.text());
        session.press('j');
        await session.until((text) => underCursor(text) !== before);
      }
      await asked(session, 'R', `Rerun ${step} on node03`);
      session.press('y');
      await session.until(/● rerun flaredb-cluster-join@node03 [\s\S]*done in <?\d+ s, exit 0/, 40_000);
      expect(await shown('node03', step, 'SubState')).toBe('exited');
      expect(await shown('node03', step, 'InvocationID')).not.toBe(before);
      expect(at.audit()).toMatchObject([
        { phase: 'intent', verb: 'rerun', target: `${step}@node03` },
        { phase: 'outcome', verb: 'rerun', outcome: 'succeeded', exitCode: 0 },
      ]);
    });
  });
});
