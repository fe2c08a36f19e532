/** One entry of the confirmation, and what all entries are made of. */
import { unitWord } from '../../core/action-name.ts';
import { formatElapsed, plural, sentenceList } from '../../core/format.ts';
import type { Plan } from '../../core/model/action.ts';
import type { Topology } from '../../core/model/topology.ts';
import type { Tone } from '../theme.ts';

export const LABEL_COLUMNS = 12;
/** Narrower than this there are no labels, and votes are told in few words. */
export const NARROW = 54;

export type Entry = { readonly label: string; readonly text: string; readonly tone: Tone };

/** How much is said: all; less where rows are few; the least, and what must not be missed first. */
export type Detail = 'full' | 'short' | 'brief';

/** Services by name; first-boot steps, which have done their work, by name only while the line has room. */
export const unitsText = (units: readonly string[], topology: Topology, columns: number): string => {
  const all = sentenceList(units.map(unitWord));
  const services = units.filter((unit) => topology.services.some((service) => service.unit === unit));
  const steps = units.length - services.length;
  if (all.length <= columns || steps === 0) return all;
  return sentenceList([...services.map(unitWord), plural(steps, 'first-boot step')]);
};

/** Nothing is documented for most steps: they are quick. */
export const backWords = ({ expectedMs }: Plan): string =>
  expectedMs === 0 ? '' : `; back in about ${formatElapsed(expectedMs)}`;

export const listed = (label: string, texts: readonly string[], tone: Tone): readonly Entry[] =>
  texts.map((text, index) => ({ label: index === 0 ? label : '', text, tone }));

export const plainWhen = (label: string, text: string | undefined, tone: Tone = 'plain'): readonly Entry[] =>
  text === undefined ? [] : [{ label, text, tone }];
