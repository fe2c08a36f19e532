/** What docs/commands.md and the man page say, gathered from the tables of the program. */

import type { Command, Row } from '../src/commands/command.ts';
import { everywhereFlags } from '../src/commands/command-line.ts';
import { type CommandName, commands } from '../src/commands/command-table.ts';
import { everywhere, type Flag, nodes } from '../src/commands/flags.ts';
import { sectionsOf } from '../src/commands/help-sections.ts';
import { flagWords, type HelpSection } from '../src/commands/help-text.ts';

export type CommandReference = {
  readonly name: CommandName;
  readonly spec: Command;
  readonly flags: readonly Row[];
  readonly sections: readonly HelpSection[];
  /** Of the flags of everywhere, those that it does not take. */
  readonly without: readonly string[];
};

const rowsOf = (flags: Readonly<Record<string, Flag>>): readonly Row[] =>
  Object.entries(flags).map(([name, flag]) => [flagWords(name, flag), flag.help]);

export const everywhereRows = rowsOf(everywhere);
export const nodesRows = rowsOf(nodes);

export const commandReferences = (): Promise<readonly CommandReference[]> =>
  Promise.all(
    (Object.keys(commands) as CommandName[]).map(async (name) => {
      const spec: Command = commands[name];
      const taken = everywhereFlags(spec);
      return {
        name,
        spec,
        flags: rowsOf(spec.flags),
        sections: await sectionsOf(name),
        without: Object.keys(everywhere).filter((flag) => !Object.hasOwn(taken, flag)),
      };
    }),
  );

/** Files that it reads or writes without being told their names. */
export const FILES: readonly Row[] = [
  ['./plasmatop.yaml', 'the configuration, where it is the first that exists'],
  ['$XDG_CONFIG_HOME/plasmatop/plasmatop.yaml', 'likewise; by default below ~/.config'],
  ['/etc/plasmatop/plasmatop.yaml', 'likewise'],
  ['$XDG_STATE_HOME/plasmatop/audit.jsonl', 'what was done from here; by default below ~/.local/state'],
  ['$XDG_STATE_HOME/plasmatop/logs/', 'what was saved of logs'],
  [
    '$XDG_STATE_HOME/plasmatop/hint-shown',
    'that a console has run for this account: where to begin is said once',
  ],
];

/** Variables that it goes by. */
export const ENVIRONMENT: readonly Row[] = [
  ['PLASMATOP_CONFIG', 'the configuration to use, as with --config, which comes first'],
  ['XDG_CONFIG_HOME', 'where the configuration of a user lies; by default ~/.config'],
  ['XDG_STATE_HOME', 'where the audit, saved logs and what was said once lie; by default ~/.local/state'],
  ['NO_COLOR', 'anything but empty: no colours'],
  ['INK_SCREEN_READER', 'true: as --screen-reader'],
  ['PAGER', 'what shows a whole action; by default less'],
  ['TERM, LC_ALL, LC_CTYPE, LANG', 'what doctor says of the terminal'],
  ['SUDO_USER, SUDO_UID', 'who became root here: the audit keeps it'],
  ['SSH_CONNECTION', 'from where the operator logged in here: the audit keeps it'],
];
