/** Whoever does what is proposed, one after the other, has a cluster that is well. */
import { describe, expect, test } from 'vitest';
import { planAction } from '../../../../src/actions/plan.ts';
import type { Plan } from '../../../../src/core/model/action.ts';
import type { CauseKind } from '../../../../src/core/model/cause.ts';
import type { NextStep } from '../../../../src/core/next-steps/model.ts';
import { nextSteps } from '../../../../src/core/next-steps/next-steps.ts';
import { type Incident, startIncident } from '../situations/incident.ts';
import { SITUATIONS, type Situation } from '../situations/table.ts';

const stepsOf = (incident: Incident): readonly NextStep[] => nextSteps(incident.known());

const planOf = (incident: Incident, { action }: NextStep): Plan | undefined =>
  action && planAction({ ...incident.known(), ...action, sudo: false });

/** Nobody at a keyboard mends what is beyond these. */
const BY_KEYBOARD: ReadonlySet<string> = new Set<CauseKind>(['failed', 'stopped', 'left-behind', 'step']);

const isMendable = ({ causes }: Situation): boolean =>
  causes.length > 0 && causes.every((cause) => BY_KEYBOARD.has(cause.split(' ')[0] ?? ''));

/** More rounds than this and it goes in circles. */
const ROUNDS = 4;
const SETTLED_S = 60;

describe.each(SITUATIONS)('$name', ({ nodes, scenario, happens }) => {
  const incident = startIncident(nodes, scenario);
  happens(incident);
  const steps = stepsOf(incident);
  const { cluster } = incident.known();

  test('proposes nothing about what is only an echo, and nothing twice', () => {
    const subjects = new Set(cluster.causes.flatMap((cause) => cause.subjects));
    for (const { action } of steps) {
      if (action?.target.kind !== 'instance') continue;
      const { service, node } = action.target;
      const isSubject = subjects.has(`${service}@${node}`) || subjects.has(service);
      expect(isSubject, `${service}@${node}`).toBe(true);
    }
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  });

  test('counts each instance that is not well at most once', () => {
    const bad = [...cluster.instances.values()].filter(({ because }) => because !== undefined);
    const cleared = steps.reduce((sum, step) => sum + step.clears, 0);
    expect(cleared).toBeLessThanOrEqual(bad.length);
    if (steps.length > 0 && cluster.causes.every(({ kind }) => kind !== 'late' && kind !== 'starting')) {
      expect(cleared).toBe(bad.length);
    }
  });
});

describe.each(SITUATIONS.filter(isMendable))('$name', ({ nodes, scenario, happens }) => {
  test('is mended by what is proposed', () => {
    const incident = startIncident(nodes, scenario, 1);
    happens(incident);
    for (let round = 0; round < ROUNDS && stepsOf(incident).length > 0; round += 1) {
      for (const [index, step] of stepsOf(incident).entries()) {
        const plan = planOf(incident, step);
        if (index === 0) expect(plan?.refusals, step.words).toEqual([]);
        if (plan === undefined || plan.refusals.length > 0) continue;
        for (const command of plan.commands) incident.run(step.nodes[0] ?? '', command);
        incident.wait(SETTLED_S);
      }
    }
    expect(incident.state().causes.map(({ id }) => id)).toEqual([]);
    expect(incident.state().verdict).toBe('ok');
  });
});

test('of two leaders the one left alone is restarted, and it is told why that one', () => {
  const split = SITUATIONS.find(({ name }) => name === 'two leaders');
  if (split === undefined) throw new Error('no such situation');
  const incident = startIncident(split.nodes, split.scenario);
  split.happens(incident);
  expect(stepsOf(incident)).toMatchObject([
    { words: 'restart chainfire on node01', why: 'of the leaders it sees the fewest members' },
  ]);
});
