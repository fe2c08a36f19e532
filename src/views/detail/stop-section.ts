/** What if this unit stopped, in a line: what systemd takes along, and the verdict. The what-if page says all of it. */
import { plural, sentenceList } from '../../core/format.ts';
import { serviceByName } from '../../core/graph.ts';
import type { InstanceState } from '../../core/model/cluster.ts';
import type { Cascade } from '../../core/what-if/model.ts';
import type { AppState } from '../../store/state.ts';
import { whatIfOf } from '../../store/what-if.ts';
import type { Line } from '../paint.ts';
import { labelled } from './page.ts';

/** "flaredb, iam and 3 first-boot steps stop with it."; nearest first. */
const alongText = ({ stops, leftDown }: Cascade): string => {
  const along = stops.filter(({ unit }) => leftDown.includes(unit));
  const services = along.filter(({ kind }) => kind === 'service').map(({ name }) => name);
  const steps = along.length - services.length;
  const words = [...services.toReversed(), ...(steps === 0 ? [] : [plural(steps, 'first-boot step')])];
  if (words.length === 0) return 'Nothing stops with it.';
  return `${sentenceList(words)} ${along.length === 1 ? 'stops' : 'stop'} with it.`;
};

/** Nothing for a unit that does not run. */
export const stopLines = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const { service, node } = instance;
  const { sentence, cascades } = whatIfOf(state, { kind: 'instance', service, node });
  const [cascade] = cascades;
  const unit = serviceByName(state.topology, service)?.unit;
  if (!cascade?.stops.some((stopped) => stopped.unit === unit)) return [];
  return labelled('if it stops', `${alongText(cascade)} ${sentence}`, columns);
};
