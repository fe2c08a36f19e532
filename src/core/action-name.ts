/** Actions and what they are about, in words that every view, notice and outcome shares. */
import type { ActionRequest, ActionTarget, Verb } from './model/action.ts';

/** "chainfire@node02", "flaredb-cluster-join@node03", "node02". */
export const targetName = (target: ActionTarget): string => {
  switch (target.kind) {
    case 'instance':
      return `${target.service}@${target.node}`;
    case 'step':
      return `${target.step}@${target.node}`;
    case 'node':
      return target.node;
    default:
      return target satisfies never;
  }
};

/** Without its node, as it is typed where an action is dangerous: the service, the step; of a node its name. */
export const targetWord = (target: ActionTarget): string => {
  switch (target.kind) {
    case 'instance':
      return target.service;
    case 'step':
      return target.step;
    case 'node':
      return target.node;
    default:
      return target satisfies never;
  }
};

/** "restart chainfire@node02". */
export const actionName = ({ verb, target }: ActionRequest): string => `${verb} ${targetName(target)}`;

const TITLES: Readonly<Record<Verb, string>> = {
  restart: 'Restart',
  start: 'Start',
  stop: 'Stop',
  'reset-failed': 'Forget the failure of',
  rerun: 'Rerun',
  'bring-up': 'Bring up',
};

/** A node is not started or stopped itself: what runs there is. */
const subject = ({ verb, target }: ActionRequest): string => {
  if (target.kind !== 'node' || verb === 'bring-up') return targetName(target).replace('@', ' on ');
  return verb === 'reset-failed' ? `all on ${target.node}` : `all services on ${target.node}`;
};

/** "Restart chainfire on node02", "Stop all services on node02", "Bring up node02". */
export const actionTitle = (action: ActionRequest): string => `${TITLES[action.verb]} ${subject(action)}`;

/** A unit as it is spoken of: without the suffix that they all have. */
export const unitWord = (unit: string): string => unit.replace(/\.service$/u, '');
