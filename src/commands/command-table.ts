/** The commands and their flags as data. */
import type { Verb } from '../core/model/action.ts';

export type Flag = {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help: FILE, N. */
  readonly value?: string;
  /** Its value may be a negative number. */
  readonly negative?: true;
  /** It may stand several times. */
  readonly many?: true;
  readonly help: string;
};

export type Command = {
  readonly usage: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Most positional words it takes. */
  readonly words: number;
  /** Flags of everywhere that mean nothing here. */
  readonly without?: readonly string[];
};

export const everywhere = {
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

export const nodes = {
  nodes: { type: 'string', value: 'a,b,c', help: 'nodes by name or address, without a configuration' },
  insecure: { type: 'boolean', help: 'do not verify TLS certificates; the screen says so' },
} as const satisfies Record<string, Flag>;

const acting = {
  node: { type: 'string', value: 'NAME', many: true, help: 'on this node; may stand several times' },
  rolling: { type: 'boolean', help: 'several one after the other, each once the last is well' },
  batch: { type: 'string', value: 'N', help: 'so many at a time, with --rolling (default 1)' },
  'all-at-once': { type: 'boolean', help: 'several at the same time' },
  'dry-run': { type: 'boolean', help: 'show what would run and what it costs; change nothing' },
  yes: { type: 'boolean', short: 'y', help: 'do not ask, unless it is dangerous' },
  confirm: { type: 'string', value: 'NAME', help: 'what a dangerous one wants typed; does not ask' },
  reason: { type: 'string', value: 'TEXT', help: 'why; it is kept in the audit' },
  timeout: { type: 'string', value: '10m', help: 'stop watching after; what was sent goes on' },
  ...nodes,
  json: { type: 'boolean', help: 'one JSON object per line' },
} as const satisfies Record<string, Flag>;

const act = <V extends Verb>(verb: V, help: string) => ({
  usage: `plasmatop ${verb} TARGET…`,
  help,
  flags: acting,
  words: Number.POSITIVE_INFINITY,
});

/** The verbs as commands. */
const actions = {
  restart: act('restart', 'restart a service or node, watch it recover'),
  start: act('start', 'start what is stopped, and watch it get well'),
  stop: act('stop', 'stop it; nothing comes back by itself'),
  'reset-failed': act('reset-failed', 'forget that it failed, without a start'),
  rerun: act('rerun', 'run a failed first-boot step or service again'),
  'bring-up': act('bring-up', 'start what is down on a node and should not be'),
} as const satisfies Record<Verb, Command>;

export const commands = {
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
    help: 'until ready or healthy: a line per change',
    flags: {
      for: { type: 'string', value: 'WHAT', help: 'what to wait for; see below (default ready)' },
      timeout: { type: 'string', value: '10m', help: 'give up after; 90s, 1h30m; 0: look once' },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: 0,
  },
  ...actions,
  audit: {
    usage: 'plasmatop audit',
    help: 'what was done from here, by whom, how it ended',
    flags: {
      since: { type: 'string', value: '2h', help: 'only what was sent since; see below' },
      target: { type: 'string', value: 'TARGET', help: 'only this: chainfire@node02, chainfire' },
      node: { type: 'string', value: 'NAME', help: 'only on this node' },
      verb: { type: 'string', value: 'VERB', help: 'only restart, stop, …' },
      user: { type: 'string', value: 'NAME', help: 'only by this account, or who became it' },
      outcome: { type: 'string', value: 'WORD', help: 'only what ended so: failed, unknown, …' },
      open: { type: 'boolean', help: 'only what has no outcome, and look up what came of it' },
      lines: { type: 'string', short: 'n', value: 'N', help: 'only the newest N' },
      file: { type: 'string', value: 'FILE', help: "this file instead of the configuration's" },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: 0,
  },
  logs: {
    usage: 'plasmatop logs TARGET',
    help: 'journals of several nodes as one, by time',
    flags: {
      follow: { type: 'boolean', short: 'f', help: 'go on with what is written, until stopped' },
      lines: {
        type: 'string',
        short: 'n',
        value: 'N',
        help: 'the newest N of all (100; with --since 20000)',
      },
      since: { type: 'string', value: 'WHEN', help: '2h, 90s, "2026-11-23 09:41", today' },
      priority: {
        type: 'string',
        short: 'p',
        value: 'LEVEL',
        help: 'err, warning, info, ... and what is worse',
      },
      boot: {
        type: 'string',
        short: 'b',
        value: 'N',
        negative: true,
        help: '0: this boot; -1: the one before',
      },
      invocation: { type: 'boolean', help: 'only what the present run wrote' },
      node: { type: 'string', value: 'NAME', many: true, help: 'on this node; may stand several times' },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: Number.POSITIVE_INFINITY,
  },
  explain: {
    usage: 'plasmatop explain [SERVICE]',
    help: 'a service, and what its stop would do, offline',
    flags: {},
    words: 1,
  },
  schema: {
    usage: 'plasmatop schema [topology]',
    help: 'the JSON Schema of plasmatop.yaml, for editors',
    flags: {},
    words: 1,
    without: ['config', 'topology', 'read-only', 'no-color', 'ascii'],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

export type ActionName = keyof typeof actions;

/** True of the commands that change the cluster. */
export const isAction = (command: CommandName): command is ActionName => Object.hasOwn(actions, command);
