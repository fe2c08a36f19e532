/** What systemd says about a unit's file: whether it can be used, whether it lasts, and the remedy. */
import type { UnitFacts } from './model/observation.ts';

export type LoadFault = {
  /** For a cell. */
  readonly word: string;
  readonly words: string;
  /** In a row, a few words. */
  readonly remedy: string;
  /** While the endpoint answers all the same. */
  readonly yet: string;
  /** In full. */
  readonly advice: string;
};

/** Why systemd cannot start a unit at all; undefined when it can. */
export const loadFault = ({ load, unit }: UnitFacts): LoadFault | undefined => {
  switch (load) {
    case 'not-found':
      return {
        word: 'no unit',
        words: 'no such unit',
        remedy: 'deploy it',
        yet: 'answers, but systemd knows no such unit',
        advice: `deploy ${unit} here, or take the service off this node in the configuration`,
      };
    case 'masked':
      return {
        word: 'masked',
        words: 'unit is masked',
        remedy: 'unmask it',
        yet: 'answers, but its unit is masked',
        advice: `systemctl unmask ${unit}, then start it`,
      };
    case 'bad-setting':
      return {
        word: 'bad unit',
        words: 'unit file has a bad setting',
        remedy: 'mend it',
        yet: 'answers, but its unit file has a bad setting',
        advice: `systemd-analyze verify ${unit} names it; then systemctl daemon-reload`,
      };
    case 'error':
      return {
        word: 'bad unit',
        words: 'unit file cannot be read',
        remedy: 'mend it',
        yet: 'answers, but its unit file cannot be read',
        advice: `systemd-analyze verify ${unit} says why; then systemctl daemon-reload`,
      };
    default:
      return undefined;
  }
};

/** It runs, and something will change that: at the next boot, or at the next start. */
export type LastingNote = { readonly words: string; readonly advice: string };

/** What does not harm an instance now and will later, nearest first. */
export const lastingNotes = ({ unit, unitFile, needsReload }: UnitFacts): readonly LastingNote[] => [
  ...(needsReload === true
    ? [
        {
          words: 'unit file changed on disk: daemon-reload',
          advice: 'its file changed on disk: systemctl daemon-reload',
        },
      ]
    : []),
  ...(unitFile === 'disabled'
    ? [
        {
          words: 'disabled: will not start at boot',
          advice: `it will not come back after a reboot: systemctl enable ${unit}`,
        },
      ]
    : []),
];
