/** The palette in the built program: the same question as by key, the same refusals, and the way to anywhere. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { askRestart } from './select.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

/** The dialog alone. */
const dialogOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /[│┌└]/u.test(line))
    .join('\n');

describe('the palette', () => {
  let cluster: DemoCluster;
  let session: Session;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());
  afterEach(() => session?.dispose());

  const open = async (...args: readonly string[]): Promise<void> => {
    session = launch({ args: ['--config', cluster.configFile, ...args] });
    await session.until(HEALTHY);
  };
  const look = async (letters: string, entry: RegExp): Promise<void> => {
    session.press(':');
    await session.until(/^─ : ▏/mu);
    session.press(letters);
    await session.until((text) => text.includes(`─ : ${letters}▏`) && entry.test(text));
  };

  it('asks the same as the key, and nothing runs without a yes', async () => {
    await open();
    const byKey = dialogOf(await askRestart(session, 'chainfire', 'node02'));
    session.press('esc');
    await session.until((text) => !text.includes('Restart chainfire on node02'));
    await look('rest chain n2', /❯restart chainfire on node02 .* r$/mu);
    session.press('enter');
    const byName = dialogOf(await session.until(/Restart chainfire on node02/));
    expect(byName).toMatch(/systemctl\W+restart/);
    expect(byName).toBe(byKey);
    session.press('enter');
    await session.until((text) => !text.includes('Restart chainfire on node02'));
    expect(await cluster.audit()).toEqual([]);
  });

  it('says why not in a read-only console', async () => {
    await open('--read-only');
    await look('rest chain n2', /❯restart chainfire on node02 +off: read-only/u);
    session.press('enter');
    await session.until(/^ read-only: nothing can be changed from here$/mu);
    expect(session.text()).not.toContain('Restart chainfire on node02');
    session.press('esc');
    await session.until((text) => !/^─ : /mu.test(text));
  });

  it('leads to a service, and to a step of a node', async () => {
    await open();
    await look('fiberlb', /❯fiberlb +service$/mu);
    session.press('enter');
    await session.until(/❯. fiberlb/u);
    await look('fiberlb n3', /❯fiberlb on node03/u);
    session.press('enter');
    await session.until(/❯ *node03 +● ok/u);
    await look('2 flare join', /❯flaredb-cluster-join on node02 +step$/mu);
    session.press('enter');
    await session.until(/flaredb-cluster-join on node02/u);
  });

  it('takes a hostile paste for letters', async () => {
    await open();
    session.press(':');
    await session.until(/^─ : ▏/mu);
    session.press('\u001b[200~restart chainfire node02\r\ny\r\u001b]52;c;eA==\u0007\u001b[201~');
    await session.until(/^─ : restart chainfire node02▏/mu);
    // As a terminal without bracketed paste would: nothing that was not seen is chosen.
    session.press('esc');
    await session.until((text) => !/^─ : /mu.test(text));
    session.press(':rest chain n2\ry\ry\r');
    await session.until(/^─ : rest chain n2▏/mu);
    // A question that was asked would take this instead.
    session.press('zz');
    const text = await session.until(/^─ : rest chain n2zz▏/mu);
    expect(text).not.toMatch(/restart chainfire(?:@| on )node02/iu);
    expect(await cluster.audit()).toEqual([]);
  });
});
