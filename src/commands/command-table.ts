/** The commands as data: parser, help, man page, docs/commands.md and completion come from it. */
import { actions } from './action-commands.ts';
import type { Command } from './command.ts';
import { nodes, onNode, screenReader } from './flags.ts';

export const commands = {
  watch: {
    usage: 'plasmatop [watch]',
    help: 'the console (default)',
    flags: { ...nodes, ...screenReader },
    words: 0,
    examples: [
      ['plasmatop', 'on the first plasmatop.yaml that is found'],
      ['plasmatop --nodes node01,node02,node03', 'a first look, without a configuration'],
      ['plasmatop --read-only', 'look on; every action is refused'],
      ['plasmatop | tee changes.log', 'without a terminal: a line per change'],
    ],
  },
  demo: {
    usage: 'plasmatop demo',
    help: 'an embedded cluster on loopback',
    flags: {
      nodes: { type: 'string', value: 'N', help: 'how many nodes, 1 to 200 (default 3)' },
      scenario: {
        type: 'string',
        value: 'NAME',
        offers: 'scenario',
        help: 'what happens; one of those below',
      },
      speed: { type: 'string', value: 'X', help: 'how fast time runs in the cluster (default 1)' },
      ...screenReader,
      headless: { type: 'boolean', help: 'serve until stopped, without the console' },
      'config-out': {
        type: 'string',
        value: 'FILE',
        offers: 'file',
        help: 'also write the configuration to FILE',
      },
    },
    words: 0,
    without: ['config', 'topology'],
    examples: [
      ['plasmatop demo', 'three healthy nodes, and the console on them'],
      ['plasmatop demo --scenario first-boot --speed 2', 'they boot from nothing, twice as fast'],
      ['plasmatop demo --headless --config-out demo.yaml', 'serve it for other commands'],
    ],
  },
  status: {
    usage: 'plasmatop status',
    help: 'one look, told by the exit code',
    flags: { ...nodes, json: { type: 'boolean', help: 'as JSON' } },
    words: 0,
    examples: [
      ['plasmatop status', 'headline, services, causes, what would mend it'],
      ['plasmatop status --json | jq -r .headline.sentence', 'the sentence alone'],
    ],
    exits: [
      ['0', 'ok'],
      ['1', 'degraded, starting or late'],
      ['2', 'down or blocked'],
      ['3', 'unknown'],
      ['64', 'wrong usage'],
      ['78', 'wrong configuration'],
    ],
  },
  wait: {
    usage: 'plasmatop wait',
    help: 'until ready or healthy: a line per change',
    flags: {
      for: {
        type: 'string',
        value: 'WHAT',
        offers: 'goal',
        help: 'what to wait for; see below (default ready)',
      },
      timeout: { type: 'string', value: '10m', help: 'give up after; 90s, 1h30m; 0: look once' },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: 0,
    examples: [
      ['plasmatop wait --for ready --timeout 10m && echo go', 'only when all is up'],
      ['plasmatop wait --for healthy --timeout 0', 'look once'],
      ['plasmatop wait --for flaredb-cluster-join@node03 --json', 'one step on one node'],
    ],
    exits: [
      ['0', 'it holds'],
      ['1', 'timeout'],
      ['2', 'failed for good: systemd will not try again'],
      ['64', 'wrong usage'],
      ['78', 'wrong configuration, or no ssh to ask with'],
    ],
  },
  ...actions,
  audit: {
    usage: 'plasmatop audit',
    help: 'what was done from here, by whom, how it ended',
    flags: {
      since: { type: 'string', value: '2h', help: 'only what was sent since; see below' },
      target: {
        type: 'string',
        value: 'TARGET',
        offers: 'target',
        help: 'only this: chainfire@node02, chainfire',
      },
      node: { type: 'string', value: 'NAME', offers: 'node', help: 'only on this node' },
      verb: { type: 'string', value: 'VERB', offers: 'verb', help: 'only restart, stop, …' },
      user: { type: 'string', value: 'NAME', help: 'only by this account, or who became it' },
      outcome: {
        type: 'string',
        value: 'WORD',
        offers: 'outcome',
        help: 'only what ended so: failed, unknown, …',
      },
      open: { type: 'boolean', help: 'only what has no outcome, and look up what came of it' },
      lines: { type: 'string', short: 'n', value: 'N', help: 'only the newest N' },
      file: {
        type: 'string',
        value: 'FILE',
        offers: 'file',
        help: "this file instead of the configuration's",
      },
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: 0,
    examples: [
      ['plasmatop audit --since 1d --node node02', 'of one node, since yesterday'],
      ['plasmatop audit --target chainfire --outcome failed', 'what went wrong with a service'],
      [`plasmatop audit --json | jq -r 'select(.outcome == null) | .id'`, 'what has no outcome yet'],
    ],
    exits: [
      ['0', 'told, or nothing to tell'],
      ['64', 'wrong usage'],
      ['66', 'the file cannot be read'],
      ['78', 'wrong configuration'],
    ],
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
        offers: 'priority',
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
      ...onNode,
      ...nodes,
      json: { type: 'boolean', help: 'one JSON object per line' },
    },
    words: Number.POSITIVE_INFINITY,
    offers: 'targets',
    examples: [
      ['plasmatop logs chainfire -f', 'of every node that runs it, followed'],
      ['plasmatop logs chainfire@node02 -p err --since 2h', 'errors of one node'],
      ['plasmatop logs flaredb-cluster-join --node node02 --node node03 --json', 'of two nodes'],
      ['plasmatop logs node02 -b -1 -n 50', 'all of a node, of the boot before'],
    ],
    exits: [
      ['0', 'all was read'],
      ['3', 'a node could not be read'],
      ['64', 'wrong usage'],
      ['78', 'wrong configuration, or no ssh to read with'],
    ],
  },
  metrics: {
    usage: 'plasmatop metrics',
    help: 'what the console sees, for Prometheus, until stopped',
    flags: {
      listen: {
        type: 'string',
        value: 'HOST:PORT',
        help: 'where it is read (default 127.0.0.1:9808)',
      },
      ...nodes,
    },
    words: 0,
    examples: [
      ['plasmatop metrics', 'for a Prometheus on this machine'],
      ['plasmatop metrics --listen 0.0.0.0:9808', 'for everybody who reaches this one'],
      ['plasmatop metrics --listen "[::1]:9808"', 'over IPv6'],
    ],
    exits: [
      ['64', 'wrong usage'],
      ['69', 'the address cannot be listened on'],
      ['78', 'wrong configuration'],
      ['130, 143', 'ended by Ctrl-C or SIGTERM, as it should'],
    ],
  },
  explain: {
    usage: 'plasmatop explain [SERVICE]',
    help: 'a service, and what its stop would do, offline',
    flags: {},
    words: 1,
    offers: 'service',
    examples: [
      ['plasmatop explain', 'levels, services and the first boot'],
      ['plasmatop explain chainfire', 'what it needs, who needs it, what its stop would do'],
    ],
  },
  init: {
    usage: 'plasmatop init [NODE…]',
    help: 'write a commented plasmatop.yaml',
    flags: {
      'from-ssh-config': {
        type: 'string',
        value: 'PATTERN',
        many: true,
        help: "hosts of ssh_config, as 'prod-*'",
      },
      'ssh-config': {
        type: 'string',
        value: 'FILE',
        offers: 'file',
        help: 'instead of your own; it is written down, too',
      },
      'from-file': { type: 'string', value: 'FILE', offers: 'file', help: 'nodes of a file, one a line' },
      cluster: { type: 'string', value: 'NAME', help: 'what the header shows' },
      ca: { type: 'string', value: 'FILE', offers: 'file', help: 'authority of the certificates, PEM' },
      user: { type: 'string', value: 'NAME', help: 'the user on the nodes' },
      out: { type: 'string', short: 'o', value: 'FILE', offers: 'file', help: 'where it goes' },
      force: { type: 'boolean', help: 'overwrite a file that is there' },
      yes: { type: 'boolean', short: 'y', help: 'ask nothing' },
    },
    words: Number.POSITIVE_INFINITY,
    without: ['config', 'no-color', 'ascii'],
    examples: [
      ['plasmatop init node01 node02=10.0.0.12', 'asks the rest, on a terminal'],
      ["plasmatop init --from-ssh-config 'prod-*' --cluster prod", 'the hosts of your ssh_config'],
      ['plasmatop init --from-file hosts --yes --out -', 'asks nothing, and prints it'],
    ],
    exits: [
      ['0', 'written'],
      ['64', 'wrong usage, or a node that cannot be'],
      ['66', 'a file that names nodes cannot be read'],
      ['73', 'the file is there already, or cannot be written'],
      ['77', 'broken off; nothing was written'],
      ['78', 'the configuration would be refused; nothing was written'],
    ],
  },
  completion: {
    usage: 'plasmatop completion SHELL',
    help: 'what bash, zsh or fish needs to complete words',
    flags: {},
    words: 1,
    offers: ['bash', 'zsh', 'fish'],
    without: ['config', 'topology', 'read-only', 'no-color', 'ascii'],
    examples: [
      ['source <(plasmatop completion bash)', 'in this shell, or in ~/.bashrc for each'],
      ['plasmatop completion zsh > _plasmatop', 'in a directory of $fpath, before compinit'],
      ['plasmatop completion fish > plasmatop.fish', 'in ~/.config/fish/completions'],
    ],
  },
  doctor: {
    usage: 'plasmatop doctor',
    help: 'can it work: this host, every way in, every endpoint',
    flags: { ...onNode, ...nodes, json: { type: 'boolean', help: 'as JSON' } },
    words: 0,
    examples: [
      ['plasmatop doctor', 'all of the configuration; what is wrong, and what to do'],
      ['plasmatop doctor --node node02', 'one node, and this host'],
      [`plasmatop doctor --json | jq -r '.nodes[].findings[].remedy // empty'`, 'only what to do'],
    ],
    exits: [
      ['0', 'all is well'],
      ['1', 'warnings: it works, and something will not'],
      ['2', 'something fails'],
      ['64', 'wrong usage'],
      ['78', 'wrong configuration'],
    ],
  },
  schema: {
    usage: 'plasmatop schema [topology]',
    help: 'the JSON Schema of plasmatop.yaml, for editors',
    flags: {},
    words: 1,
    offers: ['config', 'topology'],
    without: ['config', 'topology', 'read-only', 'no-color', 'ascii'],
    examples: [
      ['plasmatop schema > plasmatop.schema.json', 'for the editor, beside plasmatop.yaml'],
      ['plasmatop schema topology | jq .title', 'that of a topology file'],
    ],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

export type ActionName = keyof typeof actions;

/** True of the commands that change the cluster. */
export const isAction = (command: CommandName): command is ActionName => Object.hasOwn(actions, command);
