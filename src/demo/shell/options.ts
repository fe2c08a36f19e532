/** Reads the options of systemctl and journalctl as getopt does: clusters, `--name=value`, `--name value`, `--`. */

export type OptionSpec = {
  /** Long name without dashes, or a single letter; the value is the canonical name. */
  readonly flags: Readonly<Record<string, string>>;
  /** Those that take a value. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that may take one, as journalctl's --boot[=ID]; the next word is it when it looks like a number. */
  readonly optional?: Readonly<Record<string, string>>;
};

const NUMBER = /^[+-]?\d+$/u;

export type ReadOptions =
  | {
      readonly ok: true;
      readonly options: ReadonlyMap<string, readonly string[]>;
      readonly rest: readonly string[];
    }
  /** `option` as systemd's message names it: `unrecognized option '--x'`. */
  | { readonly ok: false; readonly message: string };

export const readOptions = (words: readonly string[], spec: OptionSpec): ReadOptions => {
  const options = new Map<string, string[]>();
  const rest: string[] = [];
  const add = (name: string, value: string): void =>
    void options.set(name, [...(options.get(name) ?? []), value]);
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      rest.push(...queue);
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', given] = word.slice(2).split(/=(.*)/su);
      const flag = spec.flags[name];
      const valued = spec.values[name];
      const optional = spec.optional?.[name];
      if (optional !== undefined) add(optional, given ?? '');
      else if (flag !== undefined && given === undefined) add(flag, '');
      else if (valued !== undefined) {
        const value = given ?? queue.shift();
        if (value === undefined) return { ok: false, message: `option '--${name}' requires an argument` };
        add(valued, value);
      } else return { ok: false, message: `unrecognized option '--${name}'` };
    } else if (word.startsWith('-') && word !== '-') {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        const flag = spec.flags[letter];
        const valued = spec.values[letter];
        const optional = spec.optional?.[letter];
        if (optional !== undefined) {
          const attached = word.slice(at + 1);
          add(optional, attached === '' && NUMBER.test(queue[0] ?? '') ? (queue.shift() ?? '') : attached);
          break;
        }
        if (flag !== undefined) add(flag, '');
        else if (valued !== undefined) {
          const value = word.slice(at + 1) || queue.shift();
          if (value === undefined)
            return { ok: false, message: `option requires an argument -- '${letter}'` };
          add(valued, value);
          break;
        } else return { ok: false, message: `invalid option -- '${letter}'` };
      }
    } else rest.push(word);
  }
  return { ok: true, options, rest };
};
