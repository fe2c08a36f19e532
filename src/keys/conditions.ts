/** Whether a key may act now: true, or why not, for the help, the footer and the refusal. */
import { actionName } from '../core/action-name.ts';
import { deadUnits, nothingToStart } from '../core/dead-units.ts';
import { serviceByName, stepByName } from '../core/graph.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';
import { operationName } from '../core/operation-words.ts';
import { verbBarred } from '../core/rights.ts';
import { isTagged } from '../core/tags.ts';
import { bootOf } from '../store/boot.ts';
import { selectedJob } from '../store/job-page.ts';
import { runningEntries } from '../store/jobs.ts';
import { canMark } from '../store/marks.ts';
import { offerOf } from '../store/offer.ts';
import { hasEnded, markedFor, selectedOperation, severalOf } from '../store/operations.ts';
import { selectedRow, selectedStep, selectedSubject } from '../store/rows.ts';
import { shellOffer } from '../store/shell-offer.ts';
import { type AppState, topFrame } from '../store/state.ts';
import { stopOf } from '../store/what-if.ts';

/** It is about what is marked, or about all that the row stands for. */
const isMarked = (state: AppState, verb: Verb): boolean =>
  markedFor(state, verb).length > 0 || severalOf(state, verb) !== undefined;

const unitOf = ({ topology }: AppState, target: ActionTarget): string | undefined => {
  switch (target.kind) {
    case 'instance':
      return serviceByName(topology, target.service)?.unit;
    case 'step':
      return stepByName(topology, target.step)?.unit;
    case 'node':
      return undefined;
    default:
      return target satisfies never;
  }
};

type Condition = (state: AppState) => true | string;

/** What is known to be refused there is not offered. */
const withRights =
  (verb: Verb, needs: Condition): Condition =>
  (state) => {
    const answer = needs(state);
    if (answer !== true || isMarked(state, verb)) return answer;
    const offer = offerOf(state, verb);
    if (offer.kind !== 'selected' && offer.kind !== 'only') return answer;
    const { node } = offer.target;
    const unit = unitOf(state, offer.target);
    return verbBarred(node, state.facts.rights.get(node), verb, unit) ?? true;
  };

const namesInstance: Condition = (state) => {
  if (isMarked(state, 'restart')) return true;
  const offer = offerOf(state, 'restart');
  if (offer.kind === 'selected' || offer.kind === 'only') return true;
  const subject = selectedSubject(state);
  if (subject === undefined) return 'nothing is selected';
  if (subject.startsWith('step:')) return 'a step is rerun, not restarted';
  const { view } = topFrame(state.ui);
  const several = offer.kind === 'several' ? `${offer.words}; choose one` : undefined;
  switch (view) {
    case 'tree':
      return several === undefined ? 'choose a service first' : `${several}: {unfold} shows them`;
    case 'nodes':
      return `${several ?? 'choose a service'}: {column-right} moves to its cell`;
    case 'detail':
    case 'events':
    case 'jobs':
    case 'first-boot':
    case 'impact':
    case 'what-if':
    case 'logs':
    case 'steps':
    case 'help':
      return several === undefined ? 'this is not about one service on one node' : `${several} in the tree`;
    default:
      return view satisfies never;
  }
};

export const needsInstance = withRights('restart', namesInstance);

const needsUnit =
  (verb: 'start' | 'stop' | 'reset-failed') =>
  (state: AppState): true | string => {
    if (isMarked(state, verb)) return true;
    const offer = offerOf(state, verb);
    if (offer.kind === 'selected' || offer.kind === 'only') return true;
    if (selectedSubject(state) === undefined) return 'nothing is selected';
    if (offer.kind === 'several') return `${offer.words}; choose one`;
    return offer.words ?? 'choose a service or a node';
  };

export const needsDown = withRights('start', needsUnit('start'));
export const needsUp = withRights('stop', needsUnit('stop'));
export const needsFailed = withRights('reset-failed', needsUnit('reset-failed'));

/** A level, a summary and the cluster as a whole are nothing that systemd could stop. */
export const needsStop = (state: AppState): true | string =>
  stopOf(state, selectedSubject(state)) === undefined ? 'choose a service or a node first' : true;

const namesFailure: Condition = (state) => {
  const offer = offerOf(state, 'rerun');
  if (offer.kind === 'selected' || offer.kind === 'only') return true;
  if (selectedSubject(state) === undefined) return 'nothing is selected';
  if (offer.kind === 'several') return `${offer.words}; choose one`;
  return offer.words ?? 'choose a step, a service or a node';
};

export const needsFailure = withRights('rerun', namesFailure);

const namesDead: Condition = (state) => {
  const offer = offerOf(state, 'bring-up');
  if (offer.kind === 'several') return `${offer.words}; choose one`;
  if (offer.kind === 'none') return offer.words ?? 'choose a node, or what is on it';
  const { node } = offer.target;
  const known = state.inventory.nodes.find((one) => one.name === node);
  const look = state.facts.units.get(node);
  if (known === undefined || look === undefined) return true;
  const { starts, leftDown } = deadUnits(state.topology, known, look);
  return starts.length > 0 ? true : nothingToStart(node, leftDown);
};

export const needsDead = withRights('bring-up', namesDead);

/** What a person has to do elsewhere has nothing to confirm here. */
export const needsOwnStep = (state: AppState): true | string => {
  const step = selectedStep(state);
  if (step === undefined) return 'nothing is proposed';
  return step.action === undefined ? 'this is done by hand, not from here' : true;
};

export const needsRow = (state: AppState): true | string =>
  selectedSubject(state) === undefined ? 'nothing is selected' : true;

/** Few columns or rows have one line per node, and a boot long past has one per step. */
export const needsTimeline = (state: AppState): true | string => {
  if (bootOf(state).past) return 'this boot is long past: only what it took is left';
  return state.ui.compact ? 'a larger terminal shows the steps of a node' : true;
};

/** What is below the row has no place on any node. */
export const needsMarkable = (state: AppState): true | string =>
  canMark(state) ? true : 'choose a service or a node first';

export const needsRunningOperation = (state: AppState): true | string => {
  const operation = selectedOperation(state);
  if (operation === undefined) return 'only what is over several nodes can be paused';
  if (hasEnded(operation)) return 'this has ended';
  return operation.asked === 'abort' ? 'it ends after the present step' : true;
};

export const needsRunningJob = (state: AppState): true | string => {
  if (selectedOperation(state) !== undefined) return needsRunningOperation(state);
  const job = state.jobs.find((other) => `job:${other.id}` === selectedRow(state));
  if (job === undefined) return 'no action is selected';
  if (job.outcome !== undefined) return 'this action has ended';
  return job.from === undefined ? true : 'another console sent this action';
};

/** A shell goes over the connection that stands. */
export const needsShell = (state: AppState): true | string => {
  const offer = shellOffer(state);
  if (offer.kind === 'none') return offer.why;
  const link = state.cluster.nodes.get(offer.node)?.link ?? { state: 'none' };
  switch (link.state) {
    case 'up':
      return true;
    case 'failed':
      return `no shell on ${offer.node}: ${link.failure.detail}`;
    case 'connecting':
      return `ssh to ${offer.node} is still connecting`;
    case 'none':
      return `there is no ssh connection to ${offer.node}`;
    default:
      return link satisfies never;
  }
};

export const needsJob = (state: AppState): true | string =>
  selectedJob(state) === undefined ? 'no action is selected' : true;

export const needsTags = ({ inventory }: AppState): true | string =>
  isTagged(inventory) ? true : 'no node has a tag: the configuration gives them, by tags or groups';

/** The demo writes its own, for as long as it runs. */
export const needsConfigFile = ({ mode }: AppState): true | string => {
  if (mode.source === 'demo') return 'the demo has no configuration to edit';
  return mode.isFileless === true ? 'there is no configuration file: flags alone say what is watched' : true;
};

/** Who leaves now does not see how it ends. */
export const needsNoRunningJob = (state: AppState): true | string => {
  const [entry] = runningEntries(state);
  if (entry === undefined) return true;
  const name = entry.kind === 'job' ? actionName(entry.job.plan) : operationName(entry.operation.plan);
  return `${name} still runs; Ctrl-C leaves all the same`;
};

export const confirmable = (state: AppState): true | string => {
  const { dialog } = state.ui;
  if (dialog === undefined || dialog.kind === 'shell') return 'nothing to confirm';
  const refusal = dialog.plan.refusals[0];
  if (refusal !== undefined) return `refused: ${refusal}`;
  const { typed } = dialog.plan;
  return typed === undefined || typed === dialog.typed ? true : `type ${typed} to go on`;
};
