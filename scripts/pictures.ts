/** Takes the pictures of docs/: the real program on the demo, from the keyboard, as a terminal shows it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, repository, type Session } from '../test/e2e/driver.ts';
import { screenToSvg } from './svg.ts';

type Picture = {
  readonly title: string;
  readonly args: readonly string[];
  readonly columns: number;
  readonly rows: number;
  /** Presses keys until the screen shows what the picture is about. */
  readonly play: (session: Session) => Promise<unknown>;
};

const scenario = (name: string, speed = '2'): readonly string[] => [
  'demo',
  '--scenario',
  name,
  '--speed',
  speed,
];
/** Until all that the loss takes along is gone, so that no picture shows a moment in between. */
const lost = (session: Session): Promise<string> =>
  session.until(/API logins and metrics are down[\s\S]*chainfire on node02, node03 · failed/, 90_000);
/** Says yes to whatever the dialog asks for. */
const goOn = async (session: Session): Promise<void> => {
  const asked = await session.until(/Type chainfire to go on|Go on\?/);
  if (asked.includes('Go on?')) session.press('y');
  else session.press('chainfire', 'enter');
};

const PICTURES: Readonly<Record<string, Picture>> = {
  'quorum-loss': {
    title: 'The console during a lost quorum',
    args: scenario('quorum-loss'),
    columns: 120,
    rows: 36,
    play: async (session) => {
      await lost(session);
      // The service at fault, unfolded, with a failed node's page beside it.
      session.press('g', 'right');
      await session.until(/▾ chainfire/);
      session.press('down', 'down');
      await session.until(/❯ +node02 .* [2-9] restarts/);
    },
  },
  'quorum-loss-small': {
    title: 'The same on 40 columns and 15 rows',
    args: scenario('quorum-loss'),
    columns: 40,
    rows: 15,
    play: (session) => session.until(/◐ ✖ ✖[\s\S]*⊘ iam +⊘ ⊘ ⊘/, 90_000),
  },
  confirm: {
    title: 'What a restart asks before it runs',
    args: scenario('quorum-loss'),
    columns: 100,
    rows: 28,
    play: async (session) => {
      await lost(session);
      session.press('g', 'r');
      await session.until(/Type chainfire to go on|Go on\?/);
    },
  },
  jobs: {
    title: 'The jobs view during a rolling restart',
    args: scenario('quorum-loss'),
    columns: 100,
    rows: 24,
    play: async (session) => {
      await lost(session);
      session.press('g', 'r');
      await goOn(session);
      await session.until(/0 of 2/);
      session.press('4');
      await session.until(/1 of 2[\s\S]*recovered in/, 120_000);
    },
  },
  impact: {
    title: 'What users have left',
    args: scenario('quorum-loss'),
    columns: 100,
    rows: 30,
    play: async (session) => {
      await lost(session);
      session.press('6');
      await session.until(/CAPABILITY/);
    },
  },
  'what-if': {
    title: 'What a stop would do, asked beforehand',
    args: scenario('steady'),
    columns: 100,
    rows: 30,
    play: async (session) => {
      await session.until(/All 9 services on 3 nodes are healthy/, 60_000);
      session.press('g', 'w');
      await session.until(/quorum/i);
    },
  },
  logs: {
    title: 'The journals of three nodes as one',
    args: scenario('quorum-loss'),
    columns: 100,
    rows: 24,
    play: async (session) => {
      await lost(session);
      session.press('g', 'L');
      await session.until(/node0\d[\s\S]*exit-code/, 60_000);
    },
  },
  'first-boot': {
    title: 'Three nodes boot for the first time',
    args: scenario('first-boot', '1'),
    columns: 100,
    rows: 30,
    play: async (session) => {
      session.press('5');
      await session.until(/flaredb +█+/, 60_000);
    },
  },
  'join-failure': {
    title: 'A join step fails on one node',
    args: scenario('join-failure'),
    columns: 100,
    rows: 30,
    play: async (session) => {
      session.press('5');
      await session.until(/cause +flaredb-cluster-join on node03/, 120_000);
    },
  },
};

const take = async (name: string, { args, columns, rows, play, title }: Picture): Promise<void> => {
  const session = launch({ args, columns, rows });
  try {
    await session.until(/SERVICE|✖|●|◌/, 60_000);
    await play(session);
    const directory = join(repository, 'docs', 'pictures');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${name}.svg`), screenToSvg(session.terminal, title));
    process.stdout.write(`── ${name}\n${session.text()}\n`);
  } finally {
    session.press('ctrl-c');
    await session.exited;
    session.dispose();
  }
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(PICTURES, name));
if (unknown.length > 0) {
  process.stderr.write(
    `no picture is called ${unknown.join(', ')}. There are: ${Object.keys(PICTURES).join(', ')}\n`,
  );
  process.exitCode = 64;
} else {
  for (const [name, picture] of Object.entries(PICTURES)) {
    if (wanted.length === 0 || wanted.includes(name)) await take(name, picture);
  }
}
