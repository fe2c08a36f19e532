/** Gathers systemd's signals per unit until they are drained, so that a flood of them costs what one costs. Pure. */
import type { NodeName } from '../core/model/inventory.ts';
import type { JobEnd, Observation, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { busLabel } from '../lib/dbus/label.ts';
import type { Message } from '../lib/dbus/message.ts';
import { MANAGER, PROPERTIES, UNIT_PATH } from './bus-client.ts';
import { propertyText, READ_PROPERTIES, withProperties } from './bus-properties.ts';

/** Ends of jobs that are kept of one unit between two drains; the newest stay. */
const ENDS_KEPT = 8;
const RESULT_CHARS = 40;

type Pending = { readonly changed: Map<string, string>; ends: readonly Omit<JobEnd, 'atMs'>[] };

export type Drained = {
  readonly observations: readonly Observation[];
  /** Units that started, stopped or moved on. */
  readonly moved: ReadonlySet<UnitName>;
};

export class BusNews {
  readonly #node: NodeName;
  readonly #unitAt: ReadonlyMap<string, UnitName>;
  readonly #units: ReadonlySet<string>;
  #pending = new Map<UnitName, Pending>();

  /** Signals about other units than these are passed over. */
  constructor(node: NodeName, units: readonly UnitName[]) {
    this.#node = node;
    this.#units = new Set(units);
    this.#unitAt = new Map(units.map((unit) => [`${UNIT_PATH}/${busLabel(unit)}`, unit]));
  }

  /** True when the signal is about one of the units. Throws a DbusError when it cannot be read. */
  take(message: Message): boolean {
    if (message.interface === PROPERTIES && message.member === 'PropertiesChanged') {
      const unit = this.#unitAt.get(message.path ?? '');
      return unit !== undefined && this.#takeProperties(unit, message.body());
    }
    if (message.interface !== MANAGER) return false;
    if (message.member === 'JobNew') return this.#takeJob(message.body(), false);
    return message.member === 'JobRemoved' && this.#takeJob(message.body(), true);
  }

  /** Everything since the last drain, put over what is `known` of each unit; nothing is pushed of one that is not. */
  drain(atMs: number, known: (unit: UnitName) => UnitFacts | undefined): Drained {
    const pending = this.#pending;
    this.#pending = new Map();
    const observations: Observation[] = [];
    const moved = new Set<UnitName>();
    const node = this.#node;
    for (const [unit, { changed, ends }] of pending) {
      const before = known(unit);
      // A job that another one replaced ends after that one has come: only its own end takes a job away.
      const isOver = before?.job !== undefined && ends.some(({ id }) => id === before.job);
      if (isOver && !changed.has('Job')) changed.set('Job', '');
      if (before !== undefined && changed.size > 0) {
        const after = withProperties(before, changed);
        observations.push({ kind: 'unit', node, atMs, unit: after });
        if (standing(before) !== standing(after)) moved.add(unit);
      }
      for (const end of ends) observations.push({ kind: 'job-end', node, end: { ...end, atMs } });
    }
    return { observations, moved };
  }

  #of(unit: UnitName): Pending {
    const pending = this.#pending.get(unit) ?? { changed: new Map(), ends: [] };
    this.#pending.set(unit, pending);
    return pending;
  }

  #takeProperties(unit: UnitName, [, dict]: readonly unknown[]): boolean {
    const { changed } = this.#of(unit);
    for (const entry of Array.isArray(dict) ? dict : []) {
      // A signature of the node's own choice makes anything of it.
      const [name, variant] = Array.isArray(entry) ? entry : [];
      // The bus writes any type into a variant: what is no text for `show` is passed over.
      const text = READ_PROPERTIES.has(name) ? propertyText(name, variant?.[1]?.[0]) : undefined;
      if (text !== undefined) changed.set(name, text);
    }
    return true;
  }

  #takeJob([id, , unit, result]: readonly unknown[], isOver: boolean): boolean {
    if (typeof id !== 'number' || typeof unit !== 'string' || !this.#units.has(unit)) return false;
    const pending = this.#of(unit);
    const { changed } = pending;
    if (!isOver) changed.set('Job', String(id));
    else if (changed.get('Job') === String(id)) changed.set('Job', '');
    if (isOver) {
      const end = { id, unit, result: sanitiseLine(String(result ?? ''), RESULT_CHARS) };
      pending.ends = [...pending.ends, end].slice(-ENDS_KEPT);
    }
    return true;
  }
}

/** `Reloading(false)`: what `daemon-reload` does is done. */
export const isReloaded = (message: Message): boolean =>
  message.interface === MANAGER && message.member === 'Reloading' && message.body()[0] === false;

const standing = ({ active, sub, invocation }: UnitFacts): string => `${active} ${sub} ${invocation}`;
