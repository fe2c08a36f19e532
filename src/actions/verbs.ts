/** The verbs as data: what each makes systemd do, and to what. */
import type { ActionTarget, Verb } from '../core/model/action.ts';
import type { UnitName } from '../core/model/topology.ts';

type SystemctlStep = {
  readonly words: readonly string[];
  /** `failing`: only those that have failed, or keep failing; left out where there are none. */
  readonly of: 'units' | 'failing';
};

export type VerbSpec = {
  readonly verb: Verb;
  readonly targets: readonly ActionTarget['kind'][];
  /** What systemctl is told, one after the other. */
  readonly systemctl: readonly SystemctlStep[];
  /** Units that require these go down with them. */
  readonly takesAlong: boolean;
  /** What these require or want, and is down, is started as well. */
  readonly pullsIn: boolean;
  /** They give no answer and no vote, meanwhile or from then on. */
  readonly interrupts: boolean;
  /** What goes down stays down: nothing comes back by itself. */
  readonly leavesDown: boolean;
  /** It is over only when what it is about is healthy and stays so. */
  readonly needsHealth: boolean;
};

const FORGET: SystemctlStep = { words: ['reset-failed'], of: 'failing' };

/**
 * A rerun and a bring-up are only handed to systemd (`--no-block`): while a node boots their turn may be minutes away,
 * a command that waits for it would hang with the connection, and what came of it is told by the unit alone anyway.
 */
export const verbs: Readonly<Record<Verb, VerbSpec>> = {
  restart: {
    verb: 'restart',
    targets: ['instance', 'node'],
    systemctl: [{ words: ['restart'], of: 'units' }],
    takesAlong: true,
    pullsIn: false,
    interrupts: true,
    leavesDown: false,
    needsHealth: true,
  },
  // systemd refuses to start what failed too often, and does not tell beforehand: a failure is forgotten first.
  start: {
    verb: 'start',
    targets: ['instance', 'step', 'node'],
    systemctl: [FORGET, { words: ['start'], of: 'units' }],
    takesAlong: false,
    pullsIn: true,
    interrupts: false,
    leavesDown: false,
    needsHealth: true,
  },
  stop: {
    verb: 'stop',
    targets: ['instance', 'node'],
    systemctl: [{ words: ['stop'], of: 'units' }],
    takesAlong: true,
    pullsIn: false,
    interrupts: true,
    leavesDown: true,
    needsHealth: false,
  },
  'reset-failed': {
    verb: 'reset-failed',
    targets: ['instance', 'step', 'node'],
    systemctl: [{ words: ['reset-failed'], of: 'units' }],
    takesAlong: false,
    pullsIn: false,
    interrupts: false,
    leavesDown: false,
    needsHealth: false,
  },
  rerun: {
    verb: 'rerun',
    targets: ['instance', 'step'],
    systemctl: [FORGET, { words: ['restart', '--no-block'], of: 'units' }],
    takesAlong: true,
    pullsIn: false,
    interrupts: true,
    leavesDown: false,
    needsHealth: true,
  },
  'bring-up': {
    verb: 'bring-up',
    targets: ['node'],
    systemctl: [{ words: ['start', '--no-block'], of: 'units' }],
    takesAlong: false,
    pullsIn: false,
    interrupts: false,
    leavesDown: false,
    needsHealth: true,
  },
};

/**
 * The words that run on the node, one systemctl for all units: systemd orders them. `sudo -n` never asks: it fails at once
 * where the right is missing.
 */
export const verbCommands = (
  spec: VerbSpec,
  units: readonly UnitName[],
  failing: readonly UnitName[],
  sudo: boolean,
): readonly (readonly string[])[] =>
  spec.systemctl.flatMap(({ words, of }) => {
    const named = of === 'units' ? units : failing;
    return named.length === 0
      ? []
      : [[...(sudo ? ['sudo', '-n'] : []), 'systemctl', ...words, '--', ...named]];
  });
