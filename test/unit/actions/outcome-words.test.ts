import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureWords, recoveredWords } from '../../../src/actions/outcome-words.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { healthyWorld, inventoryOf, options, topology } from './world.ts';

const world = healthyWorld(inventoryOf(3), 1_800_000_000_000);
const planOf = (instance: `${string}@${string}`) =>
  planRestart({
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    instance,
    sudo: true,
  });
/** What systemctl and sudo really wrote. */
const said = (name: string): string =>
  readFileSync(new URL(`../../fixtures/ssh/${name}`, import.meta.url), 'utf8');

const failed = (instance: `${string}@${string}`, exitCode: number, stderr: string): string => {
  const plan = planOf(instance);
  return failureWords(plan, plan.commands.at(-1) ?? [], exitCode, stderr);
};

describe('failureWords', () => {
  it.each([
    [
      'perm-viewer-sudo.err',
      1,
      'exit 1: sudo: a password is required – allow it in sudoers: NOPASSWD: /usr/bin/systemctl restart -- fiberlb.service',
    ],
    [
      'perm-ops-nodashn.err',
      1,
      'exit 1: sudo: a password is required – allow it in sudoers: NOPASSWD: /usr/bin/systemctl restart -- fiberlb.service',
    ],
    [
      'perm-viewer-restart.err',
      4,
      'exit 4: Failed to restart fiberlb.service: Access denied – set ssh.sudo: true, or allow it with polkit',
    ],
    [
      'polkit-ops-nosudo.err',
      1,
      'exit 1: Failed to restart fiberlb.service: Interactive authentication required. – set ssh.sudo: true, or allow it with polkit',
    ],
    [
      'start-notfound.err',
      5,
      'exit 5: Failed to restart nosuch.service: Unit nosuch.service not found. – check the unit name in the topology',
    ],
    [
      'hang-flaredb.err',
      1,
      'exit 1: Job for flaredb.service failed because a timeout was exceeded. – its log says why: journalctl -u fiberlb.service',
    ],
  ])('%s', (name, exitCode, words) => {
    expect(failed('fiberlb@node02', exitCode, said(name))).toBe(words);
  });

  it('says that what was stopped with it may stay down', () => {
    expect(failed('chainfire@node02', 1, said('restart-chainfire-failing.err'))).toBe(
      'exit 1: Job for chainfire.service failed because the control process exited with error code. – its log says why: journalctl -u chainfire.service; 5 units that require it may stay stopped',
    );
  });

  it('has words for a command that has none', () => {
    expect(failed('fiberlb@node02', 3, '')).toBe('exit 3: it said nothing');
  });
});

describe('recoveredWords', () => {
  it.each([
    [2000, 6000, 'recovered in 6 s: active after 2 s, healthy 4 s later'],
    [1600, 6400, 'recovered in 6 s: active after 2 s, healthy 4 s later'],
    [100, 300, 'recovered in <1 s: active after <1 s, healthy <1 s later'],
    [61_000, 125_000, 'recovered in 2 m: active after 1 m, healthy 1 m later'],
  ])('%d and %d ms', (active, healthy, words) => {
    expect(recoveredWords('restart', active, healthy)).toBe(words);
  });
});
