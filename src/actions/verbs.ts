/** The verbs as data: what each makes systemd do, and to what. */
import type { ActionTarget, Verb } from '../core/model/action.ts';
import type { UnitName } from '../core/model/topology.ts';

type SystemctlStep = {
  readonly words: readonly string[];
  /** Only where the unit has failed, or keeps failing. */
  readonly ifFailing?: true;
};

export type VerbSpec = {
  readonly verb: Verb;
  readonly targets: readonly ActionTarget['kind'][];
  /** What systemctl is told, one after the other. */
  readonly systemctl: readonly SystemctlStep[];
  /** Units that require this one go down and come back with it. */
  readonly takesAlong: boolean;
  /** The instance gives no answer and no vote meanwhile. */
  readonly interrupts: boolean;
};

/**
 * A rerun and a bring-up are only handed to systemd (`--no-block`): while a node boots their turn may be minutes away,
 * a command that waits for it would hang with the connection, and what came of it is told by the unit alone anyway.
 */
export const verbs: Readonly<Record<Verb, VerbSpec>> = {
  restart: {
    verb: 'restart',
    targets: ['instance'],
    systemctl: [{ words: ['restart'] }],
    takesAlong: true,
    interrupts: true,
  },
  rerun: {
    verb: 'rerun',
    targets: ['instance', 'step'],
    systemctl: [{ words: ['reset-failed'], ifFailing: true }, { words: ['restart', '--no-block'] }],
    takesAlong: true,
    interrupts: true,
  },
  'bring-up': {
    verb: 'bring-up',
    targets: ['node'],
    systemctl: [{ words: ['start', '--no-block'] }],
    takesAlong: false,
    interrupts: false,
  },
};

/** The words that run on the node. `sudo -n` never asks: it fails at once where the right is missing. */
export const verbCommands = (
  spec: VerbSpec,
  unit: UnitName,
  sudo: boolean,
  isFailing: boolean,
): readonly (readonly string[])[] =>
  spec.systemctl
    .filter((step) => isFailing || step.ifFailing !== true)
    .map(({ words }) => [...(sudo ? ['sudo', '-n'] : []), 'systemctl', ...words, '--', unit]);
