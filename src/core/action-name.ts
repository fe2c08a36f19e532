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

/** "restart chainfire@node02". */
export const actionName = ({ verb, target }: ActionRequest): string => `${verb} ${targetName(target)}`;

const TITLES: Readonly<Record<Verb, string>> = {
  restart: 'Restart',
  rerun: 'Rerun',
  'bring-up': 'Bring up',
};

/** "Restart chainfire on node02", "Bring up node02". */
export const actionTitle = ({ verb, target }: ActionRequest): string =>
  `${TITLES[verb]} ${targetName(target).replace('@', ' on ')}`;

/** A unit as it is spoken of: without the suffix that they all have. */
export const unitWord = (unit: string): string => unit.replace(/\.service$/u, '');
