/** What a flag is, and those that several commands share. */

/** What may stand for a word, where it can be told beforehand: the shell completes it. */
export type Offered =
  | 'file'
  | 'node'
  /** A node, or all nodes with a tag: `@TAG`. */
  | 'node-or-tag'
  /** Several nodes or tags, with commas between. */
  | 'nodes'
  | 'service'
  /** What was done to, and what is to be confirmed: services, steps and nodes, with and without `@NODE`. */
  | 'target'
  /** What has a journal, or what a verb is about: as a target, and `@TAG` in place of a node as well. */
  | 'targets'
  /** What can be waited for. */
  | 'goal'
  | 'verb'
  | 'outcome'
  | 'priority'
  | 'scenario';

export type Flag = {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help: FILE, N. */
  readonly value?: string;
  readonly offers?: Offered | readonly string[];
  /** Its value may be a negative number. */
  readonly negative?: true;
  /** It may stand several times. */
  readonly many?: true;
  readonly help: string;
};

export const everywhere = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    offers: 'file',
    help: 'configuration (default: the first plasmatop.yaml)',
  },
  topology: {
    type: 'string',
    value: 'FILE',
    offers: 'file',
    help: 'instead of the built-in plasmacloud',
  },
  'read-only': { type: 'boolean', help: 'refuse every action on the cluster' },
  'no-color': { type: 'boolean', help: 'no colours; NO_COLOR does the same' },
  ascii: { type: 'boolean', help: 'no characters beyond ASCII' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
  version: { type: 'boolean', short: 'V', help: 'the version' },
} as const satisfies Record<string, Flag>;

export const screenReader = {
  'screen-reader': { type: 'boolean', help: 'lines to be read out instead of a drawn screen' },
} as const satisfies Record<string, Flag>;

export const nodes = {
  nodes: {
    type: 'string',
    value: 'a,b,c',
    offers: 'nodes',
    help: 'nodes by name or address, without a configuration',
  },
  insecure: { type: 'boolean', help: 'do not verify TLS certificates; the screen says so' },
} as const satisfies Record<string, Flag>;

/** Narrows targets to nodes. */
export const onNode = {
  node: {
    type: 'string',
    value: 'NAME',
    offers: 'node-or-tag',
    many: true,
    help: 'on this node, or on those with a tag: @TAG; may stand several times',
  },
} as const satisfies Record<string, Flag>;

/** Of every verb. */
export const acting = {
  ...onNode,
  rolling: { type: 'boolean', help: 'several one after the other, each once the last is well' },
  batch: { type: 'string', value: 'N', help: 'so many at a time, with --rolling (default 1)' },
  'all-at-once': { type: 'boolean', help: 'several at the same time' },
  'dry-run': { type: 'boolean', help: 'show what would run and what it costs; change nothing' },
  yes: { type: 'boolean', short: 'y', help: 'do not ask, unless it is dangerous' },
  confirm: {
    type: 'string',
    value: 'NAME',
    offers: 'target',
    help: 'what a dangerous one wants typed; does not ask',
  },
  reason: { type: 'string', value: 'TEXT', help: 'why; it is kept in the audit' },
  timeout: { type: 'string', value: '10m', help: 'stop watching after; what was sent goes on' },
  ...nodes,
  json: { type: 'boolean', help: 'one JSON object per line' },
} as const satisfies Record<string, Flag>;
