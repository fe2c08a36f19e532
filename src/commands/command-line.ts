/** The command line as data: commands, flags, help text, and a parser whose errors name the nearest word. Pure. */
import { parseArgs } from 'node:util';
import { nearestName } from '../topology/names.ts';

type Flag = {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help: FILE, N. */
  readonly value?: string;
  readonly help: string;
};

type Command = {
  readonly usage: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Most positional words it takes. */
  readonly words: number;
  /** Flags of everywhere that mean nothing here. */
  readonly without?: readonly string[];
};

const everywhere = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: 'configuration (default: the first plasmatop.yaml)',
  },
  topology: { type: 'string', value: 'FILE', help: 'instead of the built-in plasmacloud' },
  'read-only': { type: 'boolean', help: 'refuse every action on the cluster' },
  'no-color': { type: 'boolean', help: 'no colours; NO_COLOR does the same' },
  ascii: { type: 'boolean', help: 'no characters beyond ASCII' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
  version: { type: 'boolean', short: 'V', help: 'the version' },
} as const satisfies Record<string, Flag>;

const nodes = {
  nodes: { type: 'string', value: 'a,b,c', help: 'nodes by name or address, without a configuration' },
  insecure: { type: 'boolean', help: 'do not verify TLS certificates; the screen says so' },
} as const satisfies Record<string, Flag>;

const commands = {
  watch: { usage: 'plasmatop [watch]', help: 'the console (default)', flags: nodes, words: 0 },
  demo: {
    usage: 'plasmatop demo',
    help: 'an embedded cluster on loopback',
    flags: {
      nodes: { type: 'string', value: 'N', help: 'how many nodes, 1 to 200 (default 3)' },
      scenario: { type: 'string', value: 'NAME', help: 'what happens; one of those below' },
      speed: { type: 'string', value: 'X', help: 'how fast time runs in the cluster (default 1)' },
      headless: { type: 'boolean', help: 'serve until stopped, without the console' },
      'config-out': { type: 'string', value: 'FILE', help: 'also write the configuration to FILE' },
    },
    words: 0,
    without: ['config', 'topology'],
  },
  status: {
    usage: 'plasmatop status',
    help: 'one look, told by the exit code',
    flags: { ...nodes, json: { type: 'boolean', help: 'as JSON' } },
    words: 0,
  },
  wait: {
    usage: 'plasmatop wait',
    help: 'until it is ready or healthy: a line per change',
    flags: {
      for: { type: 'string', value: 'WHAT', help: 'what to wait for; see below (default ready)' },
      timeout: { type: 'string', value: '10m', help: 'give up after; 90s, 1h30m; 0: look once' },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: 0,
  },
  explain: {
    usage: 'plasmatop explain [SERVICE]',
    help: 'what is known of a service, offline',
    flags: {},
    words: 1,
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

export type Invocation = {
  readonly command: CommandName;
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
};

/** What was typed wrong, and what was probably meant. */
export type UsageError = { readonly message: string; readonly remedy: string };

export type ParsedCommandLine =
  | { readonly ok: true; readonly invocation: Invocation }
  | { readonly ok: false; readonly error: UsageError };

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

const unknown = (
  what: string,
  name: string,
  candidates: readonly string[],
  help: string,
): ParsedCommandLine => {
  const near = nearestName(name, candidates);
  return {
    ok: false,
    error: {
      message: `unknown ${what} "${name}"`,
      remedy: near ? `Did you mean ${near}?` : `There is: ${candidates.join(', ')}. See: ${help}`,
    },
  };
};

const problem = (message: string, remedy: string): ParsedCommandLine => ({
  ok: false,
  error: { message, remedy },
});

const everywhereFlags = (spec: Command): Readonly<Record<string, Flag>> =>
  Object.fromEntries(Object.entries(everywhere).filter(([name]) => !spec.without?.includes(name)));

const flagsOf = (spec: Command): Readonly<Record<string, Flag>> => ({
  ...everywhereFlags(spec),
  ...spec.flags,
});

const parserOptions = (flags: Readonly<Record<string, Flag>>) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );

/** Where the command's name stands: the first word that is neither a flag nor a flag's value. */
const commandIndex = (argv: readonly string[]): number => {
  const all: Record<string, Flag> = { ...everywhere };
  for (const spec of Object.values<Command>(commands)) Object.assign(all, spec.flags);
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(all),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? -1;
};

/** Reads the words after the program's name. Never throws. */
export const parseCommandLine = (argv: readonly string[]): ParsedCommandLine => {
  const at = commandIndex(argv);
  const word = argv[at];
  if (word !== undefined && !isCommand(word)) {
    return unknown('command', word, Object.keys(commands), 'plasmatop --help');
  }
  const command: CommandName = word !== undefined && isCommand(word) ? word : 'watch';
  const spec: Command = commands[command];
  const flags = flagsOf(spec);
  const help = command === 'watch' ? 'plasmatop --help' : `plasmatop ${command} --help`;

  const { tokens } = parseArgs({
    args: argv.filter((_, index) => index !== at),
    options: parserOptions(flags),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });

  const values: Record<string, string | boolean> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag) {
      return unknown(
        'flag',
        token.rawName,
        Object.keys(flags).map((name) => `--${name}`),
        help,
      );
    }
    if (flag.type === 'boolean') {
      if (token.value !== undefined) return problem(`--${token.name} takes no value`, `See: ${help}`);
      values[token.name] = true;
    } else {
      // `--config --ascii` is a forgotten value, not a file called --ascii.
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))) {
        return problem(
          `--${token.name} needs a value`,
          `--${token.name} ${flag.value ?? 'VALUE'}. See: ${help}`,
        );
      }
      if (values[token.name] !== undefined)
        return problem(`--${token.name} stands twice`, 'Keep one of them.');
      values[token.name] = token.value;
    }
  }
  const extra = words[spec.words];
  if (extra !== undefined && !values.help) {
    return problem(`"${extra}" is one word too many`, `Usage: ${spec.usage}. See: ${help}`);
  }
  return { ok: true, invocation: { command, flags: values, words } };
};

const column = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

const flagRows = (flags: Readonly<Record<string, Flag>>): readonly (readonly [string, string])[] =>
  Object.entries(flags).map(([name, { short, value, help }]) => [
    `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  ]);

const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'ok; it holds (wait)'],
  ['1', 'degraded (status), timeout (wait), or the console crashed'],
  ['2', 'down (status), failed for good (wait)'],
  ['3', 'unknown (status)'],
  ['64', 'wrong usage'],
  ['70', 'cannot run here: Node too old, or not built'],
  ['78', 'wrong configuration or topology'],
];

/** The text of `--help`, for the program or for one command. */
export const helpText = (command?: CommandName, more = ''): string => {
  if (command && command !== 'watch') {
    const spec: Command = commands[command];
    const own = Object.keys(spec.flags).length > 0 ? `\nFlags\n${column(flagRows(spec.flags))}\n` : '';
    return `${spec.usage}\n  ${spec.help}\n${own}${more}\nEverywhere\n${column(flagRows(everywhereFlags(spec)))}\n`;
  }
  const usages = Object.values(commands).map(({ usage, help }) => [usage, help] as const);
  return `plasmatop: watch a cluster of systemd services, find the cause, act over SSH

Commands
${column(usages)}

Flags
${column(flagRows({ ...nodes, ...everywhere }))}

Exit codes
${column(exitCodes)}

Try it: plasmatop demo
`;
};
