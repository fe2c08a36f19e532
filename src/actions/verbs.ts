/** The verbs as data: what each makes systemd do. */
import type { Verb } from '../core/model/action.ts';
import type { UnitName } from '../core/model/topology.ts';

export type VerbSpec = {
  readonly verb: Verb;
  /** For a heading: "Restart chainfire on node02". */
  readonly title: string;
  readonly systemctl: string;
  /** Units that require this one go down and come back with it. */
  readonly takesAlong: boolean;
  /** The instance gives no answer and no vote meanwhile. */
  readonly interrupts: boolean;
};

export const verbs: Readonly<Record<Verb, VerbSpec>> = {
  restart: { verb: 'restart', title: 'Restart', systemctl: 'restart', takesAlong: true, interrupts: true },
};

/** The words that run on the node. `sudo -n` never asks: it fails at once where the right is missing. */
export const verbCommand = (spec: VerbSpec, unit: UnitName, sudo: boolean): string[] => [
  ...(sudo ? ['sudo', '-n'] : []),
  'systemctl',
  spec.systemctl,
  '--',
  unit,
];
