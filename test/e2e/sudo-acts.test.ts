/** What somebody does on a node with a plain ssh and sudo is told by the confirmation of the same. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { askRestart } from './select.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;
const squeeze = (text: string): string => text.replace(/[│\s]+/gu, ' ');

let cluster: DemoCluster;
const sessions: Session[] = [];
beforeAll(async () => {
  cluster = await startQuickCluster('--speed', '20');
});
afterAll(() => cluster?.stop());
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});

const open = (): Session => {
  const session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
  sessions.push(session);
  return session;
};

it('by their name on the node, and what this console did is not', async () => {
  const session = open();
  await session.until(HEALTHY);
  const { exitCode } = await cluster.ssh('alice@node02', 'sudo -n systemctl restart chainfire');
  expect(exitCode).toBe(0);
  // The restart took them along; the screen may be that of before.
  await waitFor(async () => {
    const said = await cluster.ssh('node02', 'systemctl is-active chainfire flaredb iam');
    expect(said.output.split('\n')).toEqual(['active', 'active', 'active']);
  });
  await session.until(HEALTHY);
  await askRestart(session, 'chainfire', 'node02');
  await session.until((text) =>
    /recent alice restarted chainfire@node02 \d+ [sm] ago, with sudo on the node/u.test(squeeze(text)),
  );
  session.press('n');
  await session.until((text) => !text.includes('Restart chainfire on'));

  // Another unit of the same node is none of it, once it was restarted from here.
  session.press('esc', 'esc');
  await askRestart(session, 'iam', 'node02');
  await session.until((text) => !/│ pending/u.test(text));
  session.press('y');
  await session.until(/restart iam@node02.*recovered in/su);
  await cluster.ssh('bob@node02', 'sudo -n systemctl reset-failed iam');
  session.press('esc');
  await session.until((seen) => !seen.includes('esc dismisses'));
  session.press('r');
  await session.until(/Restart iam on node02/);
  // Bob's act came by the same answer as would ours.
  const text = squeeze(await session.until((seen) => /recent +bob reset iam@node02/u.test(squeeze(seen))));
  expect(text).not.toMatch(/ops restarted|alice/u);
  session.press('n');
});
