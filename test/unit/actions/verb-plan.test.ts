/** What start, stop, reset-failed and the verbs of a whole node would do, and why they may not. */
import { describe, expect, it } from 'vitest';
import { planAction } from '../../../src/actions/plan.ts';
import type { ActionTarget, Job, Plan, Verb } from '../../../src/core/model/action.ts';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { QueuedJob, UnitFacts } from '../../../src/core/model/observation.ts';
import { healthyWorld, inventoryOf, options, topology } from './world.ts';

const NOW = 1_800_000_000_000;
const node = 'node02';
const JOIN = 'flaredb-cluster-join.service';
type Units = Readonly<Record<string, Partial<UnitFacts>>>;
const FAILED: Partial<UnitFacts> = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 1 };
const DEAD: Partial<UnitFacts> = { active: 'inactive', sub: 'dead' };
const BETWEEN: Partial<UnitFacts> = { ...FAILED, active: 'activating', sub: 'auto-restart' };

const on = (service: string): ActionTarget => ({ kind: 'instance', service, node });
const step: ActionTarget = { kind: 'step', step: 'flaredb-cluster-join', node };
const whole: ActionTarget = { kind: 'node', node };

type Given = {
  readonly units?: Units;
  readonly down?: readonly InstanceId[];
  readonly nodes?: number;
  readonly services?: readonly string[];
  readonly jobs?: readonly QueuedJob[];
  readonly isSeen?: boolean;
  readonly running?: readonly Job[];
};

const plan = (verb: Verb, target: ActionTarget, given: Given = {}): Plan => {
  const { units = {}, down = [], nodes = 3, jobs, isSeen = true, services } = given;
  const world = healthyWorld(inventoryOf(nodes, services), NOW, down);
  if (isSeen) world.look(NOW, node, units);
  const look = world.facts().units.get(node);
  const facts =
    jobs === undefined || look === undefined
      ? world.facts()
      : { ...world.facts(), units: new Map([[node, { ...look, jobs }]]) };
  return planAction({
    verb,
    target,
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts,
    options,
    sudo: true,
    ...(given.running === undefined ? {} : { running: given.running }),
  });
};

const sent = ({ commands }: Plan): readonly string[] => commands.map((words) => words.slice(3).join(' '));
/** The health check requires nothing. */
const DONE_STEPS = ['chainfire-cluster-join.service', JOIN, 'iam-initial-setup.service'];
const services = topology.services.map(({ unit }) => unit);

describe('a stop', () => {
  it('takes along what requires it, and tells the votes afterwards', () => {
    const planned = plan('stop', on('chainfire'));
    expect(sent(planned)).toEqual(['stop -- chainfire.service']);
    expect(planned).toMatchObject({
      unit: 'chainfire.service',
      units: ['chainfire.service'],
      takesAlong: [
        'flaredb.service',
        'chainfire-cluster-join.service',
        'iam.service',
        JOIN,
        'iam-initial-setup.service',
      ],
      leavesStopped: [],
      starts: [],
      refusals: [],
    });
    expect(planned.quorum).toEqual([
      { service: 'chainfire', expected: 3, needed: 2, now: 3, during: 2, after: 2, breaks: false },
      { service: 'flaredb', expected: 3, needed: 2, now: 3, during: 2, after: 2, breaks: false },
    ]);
  });

  it('stops what is on its way up too, but not what is down', () => {
    const units: Units = { 'iam.service': { ...DEAD, job: 9 }, [JOIN]: DEAD };
    const { takesAlong } = plan('stop', on('flaredb'), { units });
    expect(takesAlong).toContain('iam.service');
    expect(takesAlong).not.toContain(JOIN);
  });

  it.each<[string, Given, ActionTarget, Plan['danger'], string | undefined]>([
    ['leaves no vote to spare', {}, on('chainfire'), { kind: 'stays-down' }, 'chainfire'],
    ['leaves one to spare', { nodes: 5 }, on('fiberlb'), undefined, undefined],
    ['takes a vote of many', { nodes: 5 }, on('flaredb'), { kind: 'stays-down' }, 'flaredb'],
    ['breaks the quorum', { down: ['chainfire@node03'] }, on('chainfire'), { kind: 'quorum' }, 'chainfire'],
    [
      'takes what only it gives',
      { services: ['chainfire', 'plasmavmc'], down: ['plasmavmc@node01', 'plasmavmc@node03'] },
      on('plasmavmc'),
      { kind: 'capability', titles: ['New VMs'] },
      'plasmavmc',
    ],
    [
      'is of what is down, and took its vote with it',
      { down: ['fiberlb@node02'], units: { 'fiberlb.service': BETWEEN } },
      on('fiberlb'),
      undefined,
      undefined,
    ],
    ['is of a node', {}, whole, { kind: 'stays-down' }, node],
  ])('that %s is asked for accordingly', (_name, given, target, danger, typed) => {
    const planned = plan('stop', target, given);
    expect(planned.danger).toEqual(danger);
    expect(planned.typed).toBe(typed);
  });

  it('says what is left to spare', () => {
    expect(plan('stop', on('chainfire')).users.join()).toMatch(/one more member/);
    expect(plan('restart', on('chainfire')).users).toEqual([]);
  });

  it('of a node names all services that are not down, in one command', () => {
    const units: Units = { 'iam.service': DEAD, 'novanet.service': FAILED, 'k8shost.service': BETWEEN };
    const planned = plan('stop', whole, { units });
    const up = services.filter((unit) => unit !== 'iam.service' && unit !== 'novanet.service');
    expect(sent(planned)).toEqual([`stop -- ${up.join(' ')}`]);
    expect(planned.units).toEqual(up);
    expect(planned.takesAlong).toEqual(DONE_STEPS);
  });
});

describe('a start', () => {
  it('is of that unit alone where all that it needs is up, and tells what stays stopped', () => {
    const units: Units = { 'flaredb.service': DEAD, 'iam.service': DEAD };
    const planned = plan('start', on('flaredb'), { units, down: ['flaredb@node02'] });
    expect(sent(planned)).toEqual(['start -- flaredb.service']);
    expect(planned).toMatchObject({ takesAlong: [], starts: [], leavesStopped: ['iam.service'], users: [] });
    expect(planned.quorum).toEqual([
      { service: 'flaredb', expected: 3, needed: 2, now: 2, during: 2, after: 3, breaks: false },
    ]);
    expect(planned).not.toHaveProperty('typed');
    expect(planned.refusals).toEqual([]);
  });

  it('names what systemd pulls in: what it requires or wants, and what that needs', () => {
    const units: Units = {
      'chainfire.service': DEAD,
      'flaredb.service': FAILED,
      'iam.service': DEAD,
      'plasmavmc.service': DEAD,
    };
    expect(plan('start', on('iam'), { units }).starts).toEqual(['chainfire.service', 'flaredb.service']);
    const planned = plan('start', on('plasmavmc'), { units });
    expect(planned.starts).toEqual(['chainfire.service', 'flaredb.service', 'iam.service']);
    // Of these, only what has failed has a failure to forget.
    expect(sent(planned)).toEqual(['reset-failed -- flaredb.service', 'start -- plasmavmc.service']);
    expect(planned.expectedMs).toBeGreaterThan(plan('start', on('plasmavmc')).expectedMs);
  });

  it('forgets a failure first: systemd does not tell whether its start limit is reached', () => {
    const limited = { ...FAILED, result: 'start-limit-hit' };
    for (const facts of [FAILED, limited]) {
      expect(sent(plan('start', on('fiberlb'), { units: { 'fiberlb.service': facts } }))).toEqual([
        'reset-failed -- fiberlb.service',
        'start -- fiberlb.service',
      ]);
    }
    expect(sent(plan('start', step, { units: { [JOIN]: FAILED } }))).toEqual([
      `reset-failed -- ${JOIN}`,
      `start -- ${JOIN}`,
    ]);
  });

  it('of a node names what is down, and tells what it leaves out', () => {
    const units: Units = {
      'chainfire.service': DEAD,
      'novanet.service': FAILED,
      'iam.service': { ...DEAD, load: 'masked' },
      'fiberlb.service': { ...DEAD, unitFile: 'disabled' },
      'k8shost.service': { ...DEAD, load: 'not-found' },
    };
    const planned = plan('start', whole, { units });
    expect(sent(planned)).toEqual([
      'reset-failed -- novanet.service',
      'start -- chainfire.service novanet.service',
    ]);
    expect(planned.unit).toBe('chainfire.service');
    expect(planned.leftDown).toEqual([
      { unit: 'iam.service', why: 'is masked' },
      { unit: 'fiberlb.service', why: 'is disabled' },
      { unit: 'k8shost.service', why: 'does not exist' },
    ]);
    expect(planned.refusals).toEqual([]);
  });

  it('that brings a lost quorum back does not break it', () => {
    const given: Given = {
      down: ['chainfire@node02', 'chainfire@node03'],
      units: { 'chainfire.service': DEAD },
    };
    const planned = plan('start', on('chainfire'), given);
    expect(planned.quorum).toMatchObject([{ now: 1, after: 2, breaks: false }]);
    expect(planned).not.toHaveProperty('danger');
  });
});

describe('a reset-failed', () => {
  it('names what has failed, and nothing else happens', () => {
    const units: Units = { 'fiberlb.service': FAILED, [JOIN]: FAILED, 'iam.service': DEAD };
    expect(plan('reset-failed', on('fiberlb'), { units })).toMatchObject({
      units: ['fiberlb.service'],
      takesAlong: [],
      starts: [],
      quorum: [],
      users: [],
      refusals: [],
      expectedMs: 0,
    });
    expect(sent(plan('reset-failed', whole, { units }))).toEqual([`reset-failed -- fiberlb.service ${JOIN}`]);
  });
});

describe('a restart of a node', () => {
  it('names all its services in one command, and takes along the steps that are done', () => {
    const planned = plan('restart', whole);
    expect(sent(planned)).toEqual([`restart -- ${services.join(' ')}`]);
    expect(planned.takesAlong).toEqual(DONE_STEPS);
    expect(planned.quorum).toMatchObject([
      { service: 'chainfire', now: 3, during: 2, after: 3 },
      { service: 'flaredb', now: 3, during: 2, after: 3 },
    ]);
    expect(planned.refusals).toEqual([]);
  });

  it('needs the name of the node where that breaks a quorum', () => {
    expect(plan('restart', whole, { down: ['flaredb@node03'] })).toMatchObject({
      danger: { kind: 'quorum' },
      typed: node,
    });
  });
});

describe('nothing to do', () => {
  it.each<[string, Verb, ActionTarget, Units, string]>([
    ['start', 'start', on('iam'), {}, 'iam on node02 runs already'],
    [
      'start of a step',
      'start',
      step,
      { [JOIN]: { sub: 'exited' } },
      'flaredb-cluster-join on node02 has done its work: rerun does it again',
    ],
    [
      'start',
      'start',
      on('iam'),
      { 'iam.service': { active: 'activating', sub: 'start' } },
      'iam on node02 is starting already',
    ],
    [
      'start',
      'start',
      on('iam'),
      { 'iam.service': { active: 'deactivating', sub: 'stop-sigterm' } },
      'iam on node02 is stopping: wait for its end',
    ],
    [
      'start',
      'start',
      on('iam'),
      { 'iam.service': BETWEEN },
      'systemd tries iam on node02 again by itself: rerun does it at once',
    ],
    [
      'start',
      'start',
      on('iam'),
      { 'iam.service': { ...DEAD, job: 4 } },
      'iam on node02 waits for its turn: systemd will start it',
    ],
    ['start of a node', 'start', whole, {}, 'nothing is down on node02'],
    ['stop', 'stop', on('iam'), { 'iam.service': DEAD }, 'iam on node02 is down already'],
    ['stop', 'stop', on('iam'), { 'iam.service': FAILED }, 'iam on node02 has failed: it is down already'],
    [
      'stop',
      'stop',
      on('iam'),
      { 'iam.service': { active: 'deactivating', sub: 'stop' } },
      'iam on node02 is stopping already',
    ],
    ['stop of a step', 'stop', step, {}, 'a step runs once: there is nothing to stop'],
    [
      'stop of a node',
      'stop',
      whole,
      Object.fromEntries(services.map((unit) => [unit, DEAD])),
      'nothing runs on node02',
    ],
    ['reset-failed', 'reset-failed', on('iam'), {}, 'iam on node02 has not failed'],
    [
      'reset-failed',
      'reset-failed',
      on('iam'),
      { 'iam.service': BETWEEN },
      'iam on node02 keeps failing, but has not given up: rerun it',
    ],
    ['reset-failed of a node', 'reset-failed', whole, {}, 'nothing has failed on node02'],
    ['restart of a step', 'restart', step, {}, 'a step is rerun, not restarted'],
    ['rerun of a node', 'rerun', whole, {}, 'a rerun is of one service or step'],
    ['bring-up of a service', 'bring-up', on('iam'), {}, 'bring-up is for a whole node'],
  ])('refuses a %s', (_name, verb, target, units, refusal) => {
    expect(plan(verb, target, { units }).refusals).toEqual([refusal]);
  });

  it('sends no command without a unit', () => {
    expect(plan('start', whole).commands).toEqual([]);
  });

  it.each<Verb>(['start', 'stop', 'reset-failed'])('does not %s what nobody has seen', (verb) => {
    expect(plan(verb, on('iam'), { isSeen: false }).refusals).toEqual([
      'what systemd says on node02 has not been seen yet',
    ]);
  });
});

describe('a job of systemd that is not over', () => {
  const queued = (unit: string, type: string, state: QueuedJob['state'], facts: Partial<UnitFacts> = {}) => ({
    units: { [unit]: { ...facts, job: 812 } },
    jobs: [{ id: 812, unit, type, state }],
  });

  it('is told when it touches what the action does', () => {
    const along = plan('restart', on('chainfire'), queued('flaredb.service', 'start', 'waiting', DEAD));
    expect(along.pending).toEqual([{ unit: 'flaredb.service', id: 812, type: 'start', state: 'waiting' }]);
    expect(along.refusals).toEqual([]);
    expect(plan('restart', on('fiberlb'), queued('flaredb.service', 'start', 'waiting')).pending).toEqual([]);
  });

  it('is told by its number where systemd named no more', () => {
    const { pending } = plan('stop', on('chainfire'), { units: { 'iam.service': { job: 7 } } });
    expect(pending).toEqual([{ unit: 'iam.service', id: 7 }]);
  });

  it.each<[Verb, string, QueuedJob['state'], Partial<UnitFacts>, boolean]>([
    // It would wait for its turn with the connection held open.
    ['restart', 'start', 'waiting', DEAD, true],
    ['restart', 'stop', 'running', {}, true],
    // A start that hangs is ended so.
    ['restart', 'start', 'running', { active: 'activating', sub: 'start' }, false],
    ['restart', 'restart', 'waiting', BETWEEN, false],
    ['stop', 'start', 'waiting', DEAD, false],
    ['stop', 'start', 'running', { active: 'activating', sub: 'start' }, false],
    ['stop', 'restart', 'running', {}, true],
  ])('a %s beside its %s, %s, collides or not', (verb, type, state, facts, collides) => {
    const { refusals } = plan(verb, on('fiberlb'), queued('fiberlb.service', type, state, facts));
    expect(refusals).toEqual(
      collides ? [`${type} of fiberlb, job 812, ${state} on node02: wait for its end`] : [],
    );
  });
});

describe('an action elsewhere that has not ended', () => {
  const away = (verb: Verb): Job => ({
    id: '1',
    plan: {
      ...plan(verb, on('chainfire'), verb === 'start' ? { units: { 'chainfire.service': DEAD } } : {}),
    },
    phase: 'running',
    startedAtMs: NOW,
    words: '',
  });
  const beside = (verb: Verb): Plan => {
    const job = away(verb);
    const other = { ...job, plan: { ...job.plan, target: { ...on('chainfire'), node: 'node01' } } };
    return plan('restart', on('chainfire'), { running: [other] });
  };

  it('takes its vote away when it stops or restarts, not when it starts', () => {
    expect(beside('stop')).toMatchObject({ danger: { kind: 'quorum' } });
    expect(beside('stop').quorum[0]).toMatchObject({ during: 1, away: ['node01'] });
    expect(beside('start')).not.toHaveProperty('danger');
  });
});

it('takes along nothing through what the node does not have', () => {
  const services = topology.services.flatMap(({ name }) => (name === 'flaredb' ? [] : [name]));
  for (const verb of ['restart', 'stop'] as const) {
    expect(plan(verb, on('chainfire')).takesAlong).toContain('iam.service');
    expect(plan(verb, on('chainfire'), { services }).takesAlong).not.toContain('iam.service');
  }
});
