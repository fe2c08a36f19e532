/** The node that a shell would be on: that of the row, or that of the one instance that it leaves no doubt about. */
import type { NodeName } from '../core/model/inventory.ts';
import { offerOf } from './offer.ts';
import { selectedSubject } from './rows.ts';
import type { AppState } from './state.ts';
import { targetOf } from './subjects.ts';

type ShellOffer =
  | { readonly kind: 'node'; readonly node: NodeName }
  | { readonly kind: 'none'; readonly why: string };

export const shellOffer = (state: AppState): ShellOffer => {
  const subject = selectedSubject(state);
  if (subject === undefined) return { kind: 'none', why: 'nothing is selected' };
  const target = targetOf(subject);
  if (target !== undefined) return { kind: 'node', node: target.node };
  const offer = offerOf(state, 'restart');
  switch (offer.kind) {
    case 'selected':
    case 'only':
      return { kind: 'node', node: offer.target.node };
    case 'several':
      return { kind: 'none', why: `${offer.words}; choose one` };
    case 'none':
      return { kind: 'none', why: 'choose a node, or what is on it' };
    default:
      return offer satisfies never;
  }
};
