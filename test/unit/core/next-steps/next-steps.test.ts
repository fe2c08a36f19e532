import { describe, expect, test } from 'vitest';
import { nextSteps } from '../../../../src/core/next-steps/next-steps.ts';
import { type Incident, startIncident } from '../situations/incident.ts';

const told = (happens: (incident: Incident) => void, nodes = 3): string[] => {
  const incident = startIncident(nodes);
  happens(incident);
  return nextSteps(incident.known()).map(({ words, clears, regains, lastResort, expectedMs }) =>
    [
      words,
      `clears ${clears}`,
      ...(expectedMs === undefined ? [] : [`${expectedMs / 1000} s`]),
      ...(regains.length === 0 ? [] : [`regains ${regains.join(', ')}`]),
      ...(lastResort ? ['last resort'] : []),
    ].join(' · '),
  );
};

describe('the next steps', () => {
  test('give the quorum back first, then what else it cost', () => {
    expect(
      told(({ crash, wait }) => {
        crash('chainfire.service', ['node02', 'node03']);
        wait();
      }),
    ).toEqual([
      'rerun chainfire on node02 · clears 2 · 10 s · regains chainfire',
      'bring up node02 · clears 4 · 20 s · regains flaredb',
      'rerun chainfire on node03 · clears 1 · 10 s',
      'bring up node03 · clears 2 · 20 s',
    ]);
  });

  test('start a node at once where a stop took others along, and a single unit alone', () => {
    expect(
      told(({ systemctl, wait }) => {
        systemctl('node02', 'stop', 'chainfire.service');
        systemctl('node03', 'stop', 'fiberlb.service');
        wait();
      }),
    ).toEqual(['bring up node02 · clears 3 · 30 s', 'restart fiberlb on node03 · clears 1 · 5 s']);
  });

  test('leave to a person what only a person can do', () => {
    expect(told(({ dark, wait }) => [dark('node02'), wait(30)])).toEqual([
      'power or network of node02 · clears 9',
    ]);
    expect(told(({ expired, wait }) => [expired('node02'), wait(30)])).toEqual([
      'renew the certificate of node02 · clears 9',
    ]);
  });

  test('prefer the member that can be started from here to the node that is gone', () => {
    const [first, ...rest] = told(({ crash, dark, wait }) => {
      crash('chainfire.service', ['node03']);
      dark('node01');
      wait();
    });
    expect(first).toMatch(/^rerun chainfire on node03 · .* · regains chainfire$/u);
    expect(rest.some((line) => line.startsWith('power or network of node01'))).toBe(true);
  });

  test('restart what is merely slow or unwell as the last resort, and last', () => {
    expect(
      told(({ slow, crash, wait }) => {
        slow('chainfire', ['node01'], 2000);
        crash('k8shost.service', ['node02']);
        wait();
      }),
    ).toEqual([
      'rerun k8shost on node02 · clears 1 · 15 s',
      'restart chainfire on node01 · clears 1 · 30 s · last resort',
    ]);
  });

  test('are none while all is well or on its way', () => {
    expect(told(({ wait }) => wait(10))).toEqual([]);
    const booting = startIncident(3, 'first-boot');
    booting.wait(8);
    expect(nextSteps(booting.known())).toEqual([]);
  });
});
