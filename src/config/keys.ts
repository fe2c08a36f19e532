/** The `keys` block: which command is on which keys, held against the key table. */
import { BINDINGS } from '../keys/bindings.ts';
import { readChord } from '../keys/chords.ts';
import { keyFaults, remappable } from '../keys/remap.ts';
import { suggestName } from '../topology/names.ts';
import type { Report } from '../topology/source.ts';
import type { ConfigFile } from './schema.ts';
import type { Config } from './types.ts';

const COMMANDS = remappable(BINDINGS);
const NONE = 'none';
/** YAML reads a lone `!`, `&` or `*` as something of its own. */
const QUOTED = 'write the key in quotes: "!"';

/** The keys of each command that is named; reports what is no key, what cannot be one, and what is another's. */
export const readKeys = (written: NonNullable<ConfigFile['keys']>, report: Report): Config['ui']['keys'] => {
  const keys = new Map<string, readonly string[]>();
  /** Commands whose keys could not be read: what clashes with them cannot be told yet. */
  const unread = new Set<string>();
  for (const [command, value] of Object.entries(written)) {
    if (!COMMANDS.includes(command)) {
      report(
        ['keys', command],
        `there is no command ${command} whose key could be chosen`,
        suggestName(command, COMMANDS),
      );
      continue;
    }
    const isList = Array.isArray(value);
    const chords: string[] = [];
    const texts = value === NONE ? [] : [value].flat().map(String);
    for (const [index, text] of texts.entries()) {
      const fault = (message: string, remedy: string): void => {
        unread.add(command);
        report(isList ? ['keys', command, index] : ['keys', command], `"${text}" ${message}`, remedy);
      };
      const read = readChord(text);
      if (!read.ok) fault(read.message, text === '' ? QUOTED : read.remedy);
      else if (chords.includes(read.chord)) fault('is there twice', 'remove it');
      else chords.push(read.chord);
    }
    keys.set(command, chords);
  }
  const known = BINDINGS.filter(({ command }) => !unread.has(command));
  const readable = new Map([...keys].filter(([command]) => !unread.has(command)));
  for (const { command, index, message, remedy } of keyFaults(known, readable)) {
    const place = Array.isArray(written[command]) && index !== undefined ? [index] : [];
    report(['keys', command, ...place], message, remedy);
  }
  return keys;
};
