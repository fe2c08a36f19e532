/**
 * Read-only, by trial: every key of the table in every scope, every subcommand with every flag, against the embedded
 * cluster and with a real ssh client. Of what reaches a node's sshd nothing but looks may be there.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verbs } from '../../src/actions/verbs.ts';
import { type App, createApp } from '../../src/app/app.ts';
import { isVerb } from '../../src/commands/act-words.ts';
import { type CommandName, commands } from '../../src/commands/command-table.ts';
import { everywhere, type Flag } from '../../src/commands/flags.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import type { ActionTarget, Verb } from '../../src/core/model/action.ts';
import { type Demo, startDemo } from '../../src/demo/start.ts';
import type { Binding, Scope } from '../../src/keys/binding.ts';
import { BINDINGS, liveScopes } from '../../src/keys/bindings.ts';
import { press } from '../../src/keys/resolve.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { planOf } from '../../src/store/dialog.ts';
import type { Command } from '../../src/store/events.ts';
import { builtinTopology } from '../../src/topology/builtin.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch, program } from './driver.ts';

/** There is much to try; how long that takes says nothing about it. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** What only looks, exactly: each part of a line must be one of these. */
const LOOKS: readonly RegExp[] = [
  /^systemd-stdio-bridge$/u,
  /^true$/u,
  /^date \+%s$/u,
  /^echo plasmatop:[a-z]+$/u,
  /^cat \/proc\/(?:uptime|sys\/kernel\/random\/boot_id)$/u,
  /^systemctl show -p [A-Za-z,]+(?: -- [\w.@-]+(?: [\w.@-]+)*)?$/u,
  /^systemctl list-jobs --full --no-pager$/u,
  new RegExp(
    `^journalctl(?: (?:${[
      '--follow',
      '--boot(?:=-?\\d+)?',
      '--output=json',
      '--no-pager',
      '--lines=\\d+',
      '--output-fields=[A-Z_,]+',
      '--since=[\\w.:@+-]+(?: [\\w.:+-]+)*',
      '--priority=\\w+',
      '--unit=[\\w.@-]+',
      '_SYSTEMD_INVOCATION_ID=[0-9a-f]+',
      'INVOCATION_ID=[0-9a-f]+',
      '\\+',
      '--reverse',
      'SYSLOG_IDENTIFIER=sudo',
    ].join('|')}))+$`,
    'u',
  ),
];

const isLook = (line: string): boolean =>
  line.split(';').every((part) => {
    const words = part
      .trim()
      .replace(/^sudo -n (?=journalctl )/u, '')
      .replace(/'([\w.,:@=+ -]*)'/gu, '$1');
    return LOOKS.some((look) => look.test(words));
  });

type Watched = {
  readonly demo: Demo;
  /** Every line that has reached a node. */
  readonly arrived: () => readonly string[];
  /** Of these what is no look. */
  readonly changing: () => readonly string[];
  readonly config: (readOnly: boolean) => Config;
  readonly stop: () => Promise<void>;
};

/** A cluster in which there is something to do for each verb: a step that failed, and services that run. */
const startBroken = async (): Promise<Watched> => {
  const arrived: string[] = [];
  const demo = await startDemo({
    ...{ nodes: 3, scenario: 'join-failure', speed: 20, clock: systemClock, random: Math.random },
    topology: builtinTopology(),
    onCommand: (_node, command) => arrived.push(command),
  });
  const text = readFileSync(demo.configFile, 'utf8');
  writeFileSync(demo.configFile, text.replace('interval: 2s', 'interval: 600ms'));
  return {
    demo,
    arrived: () => arrived,
    changing: () => arrived.filter((line) => !isLook(line)),
    config: (readOnly) => {
      const { configFile: file, directory } = demo;
      const loaded = loadConfig({
        file,
        env: {},
        cwd: directory,
        home: directory,
        ...(readOnly && { readOnly }),
      });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      // Only there a key that gives a reason is anywhere to be pressed.
      return { ...loaded.config, audit: { ...loaded.config.audit, reason: readOnly } };
    },
    stop: () => demo.stop(),
  };
};

/** Until each node was looked at twice more: whatever was on its way there has come. */
const settled = async ({ arrived }: Watched): Promise<void> => {
  const looks = (): number => arrived().filter((line) => line.startsWith('echo plasmatop:begin')).length;
  const before = looks();
  await waitFor(() => expect(looks()).toBeGreaterThanOrEqual(before + 6), 120_000);
};

const appOf = async (config: Config): Promise<App> => {
  const options = { clock: systemClock, random: Math.random, source: 'live', runtimeDir: tmpdir() } as const;
  const app = createApp({ config, ...options });
  app.start();
  await waitFor(() => {
    const { facts, cluster } = app.store.getState();
    expect([...facts.units.keys()]).toHaveLength(3);
    expect([...cluster.instances.values()].every(({ verdict }) => verdict !== 'unknown')).toBe(true);
    const step = facts.units.get('node03')?.units.find(({ unit }) => unit.startsWith('flaredb-cluster-join'));
    expect(step?.active).toBe('failed');
  }, 120_000);
  return app;
};

/** How to come to where a key works: commands from the home view, all of which only look. */
const WAY: Readonly<
  Record<Exclude<Scope, 'confirm' | 'confirm-typed' | 'confirm-reason'>, readonly Command[]>
> = {
  view: [],
  tree: [],
  nodes: ['view-nodes'],
  events: ['view-events'],
  jobs: ['view-jobs'],
  'first-boot': ['view-first-boot'],
  impact: ['view-impact'],
  detail: ['open'],
  'what-if': ['what-if'],
  steps: ['next-steps'],
  logs: ['logs'],
  'logs-search': ['logs', 'logs-search'],
  help: ['help'],
  'help-search': ['help', 'help-search'],
  filter: ['filter'],
  palette: ['palette'],
};

/** What the verb would really do something to. */
const TARGETS: Readonly<Record<Verb, ActionTarget>> = {
  restart: { kind: 'instance', service: 'fiberlb', node: 'node02' },
  start: { kind: 'step', step: 'flaredb-cluster-join', node: 'node03' },
  stop: { kind: 'instance', service: 'fiberlb', node: 'node02' },
  'reset-failed': { kind: 'step', step: 'flaredb-cluster-join', node: 'node03' },
  rerun: { kind: 'step', step: 'flaredb-cluster-join', node: 'node03' },
  'bring-up': { kind: 'node', node: 'node03' },
};

/** What takes letters, and so lets no command through. */
const INPUTS: readonly Scope[] = ['filter', 'palette', 'logs-search', 'help-search'];

/** Back to the home view, with nothing open. */
const goHome = ({ store }: App): void => {
  for (let depth = 0; depth < 6; depth += 1) {
    if (store.getState().ui.dialog !== undefined) store.dispatch({ kind: 'command', command: 'cancel' });
    else if (liveScopes(store.getState()).some((scope) => INPUTS.includes(scope))) press(store, ['esc']);
    else store.dispatch({ kind: 'command', command: 'back' });
  }
  store.dispatch({ kind: 'command', command: 'view-tree' });
};

/** On the row `row` of where `scope` is live. */
const goTo = (app: App, scope: Scope, row: number, verb: Verb): void => {
  const { store } = app;
  goHome(app);
  if (scope === 'confirm' || scope === 'confirm-typed' || scope === 'confirm-reason') {
    // No key opens it here: as if one had, so that the gate beneath the keys is tried, too.
    const plan = { ...app.plan({ verb, target: TARGETS[verb] }), refusals: [] };
    const { typed = 'x', ...untyped } = plan;
    store.dispatch({ kind: 'planned', plan: scope === 'confirm-typed' ? { ...untyped, typed } : untyped });
    if (scope === 'confirm-reason') return;
    store.dispatch({ kind: 'text', text: 'trial' });
    store.dispatch({ kind: 'command', command: 'give-reason' });
    return;
  }
  store.dispatch({ kind: 'command', command: 'move-first' });
  const down = (): void => {
    for (let step = 0; step < row; step += 1) store.dispatch({ kind: 'command', command: 'move-down' });
  };
  const way = WAY[scope];
  // What opens a page is about the selected row; in a list the row is chosen there.
  const isList = way.every((command) => command.startsWith('view-'));
  if (!isList) down();
  for (const command of way) store.dispatch({ kind: 'command', command });
  if (isList) down();
};

type Press = { readonly binding: Binding; readonly scope: Scope; readonly chord: string };

const PRESSES: readonly Press[] = BINDINGS.flatMap((binding) =>
  binding.scopes.flatMap((scope) => binding.chords.map((chord) => ({ binding, scope, chord }))),
);

/** As many as show every kind of row. */
const ROWS = 14;

/** Presses every key where it works, on every kind of row, and answers whatever comes with yes. */
const pressAll = (app: App): { readonly reached: ReadonlySet<Scope> } => {
  const { store } = app;
  const reached = new Set<Scope>();
  for (const { scope, chord, binding } of PRESSES) {
    const rows = binding.danger || scope.startsWith('confirm') ? ROWS : 1;
    for (let row = 0; row < rows; row += 1) {
      const verb = Object.keys(verbs)[row % Object.keys(verbs).length] ?? '';
      goTo(app, scope, row, isVerb(verb) ? verb : 'restart');
      for (const live of liveScopes(store.getState())) reached.add(live);
      press(store, [chord]);
      const { dialog } = store.getState().ui;
      const typed = dialog && planOf(dialog)?.typed;
      if (typed !== undefined) for (const letter of typed) press(store, [letter]);
      // And as if the keys had let it through.
      if (scope.startsWith('confirm')) store.dispatch({ kind: 'command', command: 'confirm' });
      press(store, ['enter']);
      press(store, ['y']);
    }
  }
  goHome(app);
  return { reached };
};

describe('every key', () => {
  it('changes nothing in a read-only console, not even from an open dialog', async () => {
    const watched = await startBroken();
    const config = watched.config(true);
    const app = await appOf(config);
    try {
      const { reached } = pressAll(app);
      expect([...reached].sort()).toEqual([...new Set(PRESSES.map(({ scope }) => scope))].sort());
      await settled(watched);
      expect(watched.changing()).toEqual([]);
      // The runner was asked, and said no.
      const { jobs } = app.store.getState();
      expect(new Set(jobs.map(({ plan }) => plan.verb))).toEqual(new Set(Object.keys(verbs)));
      expect(new Set(jobs.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
      expect(new Set(jobs.map(({ words }) => words))).toEqual(
        new Set(['read-only: nothing is changed from this console']),
      );
      expect(existsSync(config.audit.file)).toBe(false);
      expect(app.store.getState().mode.readOnly).toBe(true);
    } finally {
      await app.stop();
      await watched.stop();
    }
  });

  it('does reach the nodes otherwise', async () => {
    const watched = await startBroken();
    const app = await appOf(watched.config(false));
    try {
      pressAll(app);
      await waitFor(
        () => expect(watched.changing().join('\n')).toMatch(/^sudo -n systemctl restart -- /m),
        120_000,
      );
    } finally {
      await app.stop();
      await watched.stop();
    }
  });
});

/** What each subcommand that ends by itself is tried with; those that change something say yes to everything. */
const YES = ['--yes', '--reason', 'trial', '--timeout', '5s', '--json'];
const TRIALS: Readonly<
  Record<Exclude<CommandName, 'watch' | 'demo' | 'metrics'>, readonly (readonly string[])[]>
> = {
  status: [[], ['--json']],
  wait: [['--for', 'chainfire', '--timeout', '0']],
  explain: [['chainfire']],
  completion: [['bash'], ['zsh'], ['fish']],
  schema: [[], ['topology']],
  doctor: [[], ['--json']],
  init: [['node01', '--out', '-']],
  logs: [['chainfire@node02']],
  audit: [[], ['--json', '--open']],
  restart: [
    ['chainfire@node02', ...YES, '--confirm', 'chainfire'],
    ['node03', ...YES],
    ['iam', '--node', 'node01', ...YES],
  ],
  start: [
    ['flaredb-cluster-join@node03', ...YES],
    ['node03', ...YES, '--confirm', 'node03'],
  ],
  stop: [
    ['chainfire@node02', ...YES, '--confirm', 'chainfire'],
    ['node02', ...YES, '--confirm', 'node02'],
  ],
  'reset-failed': [
    ['flaredb-cluster-join@node03', ...YES],
    ['node03', ...YES],
  ],
  rerun: [['flaredb-cluster-join@node03', ...YES]],
  'bring-up': [['node03', ...YES]],
};

/** Each flag of a command, alone, with a value that it takes. */
const flagsOf = (command: CommandName): readonly (readonly string[])[] => {
  const VALUES: Readonly<Record<string, string>> = {
    ...{ nodes: 'node01,node02,node03', node: 'node02', timeout: '5s', for: 'healthy', batch: '2' },
    ...{ confirm: 'chainfire', reason: 'trial', topology: 'plasmacloud' },
  };
  const flags: Readonly<Record<string, Flag>> = { ...commands[command].flags, ...everywhere };
  return Object.entries(flags)
    .filter(([name]) => !['config', 'help', 'version', 'dry-run'].includes(name))
    .map(([name, { type }]) => (type === 'boolean' ? [`--${name}`] : [`--${name}`, VALUES[name] ?? 'x']));
};

describe('every subcommand', () => {
  let watched: Watched;
  let readOnlyFile: string;
  beforeAll(async () => {
    watched = await startBroken();
    readOnlyFile = `${watched.demo.directory}/read-only.yaml`;
    writeFileSync(readOnlyFile, `${readFileSync(watched.demo.configFile, 'utf8')}readOnly: true\n`);
    await (await appOf(watched.config(true))).stop();
  });
  afterAll(() => watched.stop());

  const ways = (): readonly (readonly string[])[] => [
    ['--config', watched.demo.configFile, '--read-only'],
    ['--config', readOnlyFile],
  ];
  /** Nothing but looks has come, and nothing was written down as done. */
  const isUntouched = (): void => {
    expect(watched.changing()).toEqual([]);
    expect(existsSync(watched.config(true).audit.file)).toBe(false);
  };

  it.each(Object.entries(TRIALS))('changes nothing: %s', async (command, trials) => {
    for (const words of trials) {
      for (const way of ways()) {
        const { exitCode, stderr } = await runProgram([command, ...words, ...way]);
        if (isVerb(command)) {
          expect({ words, exitCode, stderr }).toMatchObject({ exitCode: 77 });
          expect(stderr).toMatch(/read-only: nothing is changed from here\n {2}Nothing was sent/);
        }
      }
    }
    isUntouched();
  });

  it.each(Object.keys(verbs).filter(isVerb))(
    'lets no flag of %s lift what the configuration says',
    async (verb) => {
      const [words = []] = TRIALS[verb];
      const [target = ''] = words;
      for (const flag of flagsOf(verb)) {
        const more = flag[0] === '--yes' ? [] : ['--yes'];
        const { exitCode } = await runProgram([verb, target, ...more, ...flag, '--config', readOnlyFile]);
        // A flag may be no use with this target; it is then a word too many, and not a way in.
        expect({ flag, exitCode }).toMatchObject({ exitCode: expect.toBeOneOf([77, 64, 78]) as unknown });
      }
      isUntouched();
    },
  );

  it('shows what would run, and that it will not run from here', async () => {
    for (const way of ways()) {
      const end = await runProgram(['restart', 'novanet@node02', '--dry-run', '--yes', ...way]);
      expect(end.exitCode).toBe(77);
      expect(end.stdout).toMatch(/ {2}runs +ssh .*systemctl restart -- novanet/);
      expect(end.stdout).toMatch(/\nread-only: restart novanet@node02: .*nothing was sent$/);
    }
    isUntouched();
  });

  it('watches only, on a terminal and without one', async () => {
    for (const way of ways()) {
      const session = launch({ args: [...way], columns: 100, rows: 30 });
      await session.until(/READ-ONLY/);
      await session.until(/flaredb-cluster-join|SERVICE/);
      for (const chord of new Set(PRESSES.filter(({ binding }) => binding.danger).map((one) => one.chord))) {
        session.press(chord);
        await session.until((text) => /READ-ONLY/.test(text));
      }
      session.press('ctrl-c');
      await session.exited;
      const lines = launch({
        args: [],
        command: ['/bin/sh', '-c', `"${process.execPath}" "${program}" ${way.join(' ')} | head -1`],
      });
      await lines.exited;
    }
    isUntouched();
  });

  it('of the demo knows no other cluster', async () => {
    const other = await startDemoCluster('--read-only');
    await other.stop();
    isUntouched();
  });
});
