/** Whatever the situation, the size and the keys: a view never paints outside of its room. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootOf } from '../../../src/store/boot.ts';
import type { Command } from '../../../src/store/events.ts';
import { reduce } from '../../../src/store/reduce.ts';
import { type AppState, topFrame } from '../../../src/store/state.ts';
import { confirmLines } from '../../../src/views/confirm/confirm-lines.ts';
import { detailLines } from '../../../src/views/detail/detail-lines.ts';
import { eventsLines } from '../../../src/views/events/events-lines.ts';
import { firstBootLines } from '../../../src/views/first-boot/first-boot-lines.ts';
import { footerLine } from '../../../src/views/footer.ts';
import { headerLines, tinyLines } from '../../../src/views/header.ts';
import { helpLines } from '../../../src/views/help/help-lines.ts';
import { impactPage } from '../../../src/views/impact/impact-lines.ts';
import { jobsLines } from '../../../src/views/jobs/jobs-lines.ts';
import { frameFor } from '../../../src/views/layout.ts';
import { logLines } from '../../../src/views/logs/log-lines.ts';
import { nodesLines } from '../../../src/views/nodes/nodes-lines.ts';
import { type Line, paintLine } from '../../../src/views/paint.ts';
import type { Room } from '../../../src/views/painter.ts';
import { ruleLine } from '../../../src/views/rule.ts';
import { stepsLines } from '../../../src/views/steps/steps-lines.ts';
import { width } from '../../../src/views/text.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { treeLines } from '../../../src/views/tree/tree-lines.ts';
import { whatIfLines } from '../../../src/views/what-if/what-if-lines.ts';
import { watchBoot } from '../../helpers/boot-cluster.ts';
import { withPlanner } from '../../helpers/planner.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const THEMES = [createTheme({ ascii: false, color: 'none' }), createTheme({ ascii: true, color: 'none' })];

const KEYS: readonly Command[] = [
  'move-down',
  'what-if',
  'move-last',
  'page-down',
  'unfold',
  'open',
  'back',
  'column-right',
  'view-tree',
  'view-nodes',
  'view-events',
  'view-jobs',
  'view-first-boot',
  'view-impact',
  'toggle',
  'help',
  'help-search',
  'only-broken',
  'next-problem',
  'tree-mode',
  'pause',
];

/** Built once: judging two hundred nodes for every run would only test patience. */
const STATES: readonly AppState[] = (
  ['unseen', 'healthy', 'quorum-lost', 'node-lost', 'starting', 'wide-glyphs', 'two-hundred-nodes'] as const
).map((situation) => sampleStore(situation).getState());

const bootAt = (toMs: number, options: Parameters<typeof watchBoot>[0]): AppState => {
  const boot = watchBoot({ ...options, endMs: toMs });
  boot.watch(toMs);
  return boot.store.getState();
};

/** With the first-boot view open. */
const BOOTS: readonly AppState[] = [
  bootAt(26_000, { nodes: 3 }),
  bootAt(60_000, { scenario: 'join-failure' }),
  bootAt(40_000, { nodes: 30 }),
  bootAt(2000, { scenario: 'steady' }),
].map((state) => reduce(state, { kind: 'command', command: 'view-first-boot' }).state);

const viewLines = (state: AppState, room: Room, theme: (typeof THEMES)[number]): readonly Line[] => {
  const { view } = topFrame(state.ui);
  switch (view) {
    case 'tree':
      return treeLines(state, room, theme);
    case 'nodes':
      return nodesLines(state, room, theme);
    case 'events':
      return eventsLines(state, room, theme);
    case 'jobs':
      return jobsLines(state, room, theme);
    case 'first-boot':
      return firstBootLines(state, room, theme);
    case 'steps':
      return stepsLines(state, room, theme);
    case 'logs':
      return logLines(state, room, theme);
    case 'impact':
    case 'detail':
    case 'what-if':
    case 'help': {
      const paint = { impact: impactPage, detail: detailLines, 'what-if': whatIfLines, help: helpLines }[
        view
      ];
      const page = paint(state, room, theme);
      return [page.title, ...page.lines.slice(0, room.rows - 1)];
    }
    default:
      return view satisfies never;
  }
};

const expectInside = (
  lines: readonly Line[],
  columns: number,
  rows: number,
  theme: (typeof THEMES)[number],
): void => {
  expect(lines.length).toBeLessThanOrEqual(rows);
  for (const line of lines) {
    const text = paintLine(line, columns, theme);
    expect(width(text)).toBeLessThanOrEqual(columns);
    expect(text).not.toMatch(/\p{Control}/u);
  }
};

describe('painters', () => {
  it('stay in their room', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATES, ...BOOTS),
        fc.array(fc.constantFrom(...KEYS), { maxLength: 12 }),
        fc.integer({ min: 40, max: 230 }),
        fc.integer({ min: 15, max: 70 }),
        fc.constantFrom(...THEMES),
        (start, keys, columns, rows, theme) => {
          const frame = frameFor({ columns, rows });
          const compact = frame.kind !== 'full';
          let state = reduce(start, { kind: 'resized', bodyRows: frame.listRows, compact }).state;
          for (const command of keys) state = reduce(state, { kind: 'command', command }).state;
          const room = { columns, rows: frame.bodyRows, compact };
          expectInside(viewLines(state, room, theme), columns, frame.bodyRows, theme);
          expectInside(headerLines(state, frame, theme), columns, frame.headerRows, theme);
          expectInside(
            [ruleLine(state, columns, theme), footerLine(state, columns, theme)],
            columns,
            2,
            theme,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stay in their room when it is tiny', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATES),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 14 }),
        (state, columns, rows) => {
          for (const theme of THEMES)
            expectInside(tinyLines(state, frameFor({ columns, rows }), theme), columns, rows, theme);
        },
      ),
    );
  });

  it('show the selected row in every list', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATES, ...BOOTS),
        fc.array(fc.constantFrom(...KEYS), { maxLength: 12 }),
        fc.integer({ min: 40, max: 230 }),
        fc.integer({ min: 15, max: 70 }),
        (start, keys, columns, rows) => {
          const frame = frameFor({ columns, rows });
          const compact = frame.kind !== 'full';
          let state = reduce(start, { kind: 'resized', bodyRows: frame.listRows, compact }).state;
          for (const command of keys) state = reduce(state, { kind: 'command', command }).state;
          const { view } = topFrame(state.ui);
          fc.pre(
            ['tree', 'nodes'].includes(view) || (view === 'first-boot' && bootOf(state).phase !== 'unseen'),
          );
          const [theme] = THEMES;
          if (theme === undefined) throw new Error('no theme');
          const lines = viewLines(state, { columns, rows: frame.bodyRows, compact }, theme);
          const isEmpty = lines.some((line) => line.some(({ text }) => text.includes('Nothing is broken')));
          expect(lines.filter((line) => line[0]?.text === theme.symbols.cursor)).toHaveLength(
            isEmpty ? 0 : 1,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('ask for confirmation in any room, with the command and the question in sight', () => {
    for (const situation of ['healthy', 'node-lost', 'quorum-lost'] as const) {
      const store = sampleStore(situation);
      withPlanner(store);
      for (const command of ['view-nodes', 'column-right', 'restart'] as const) {
        store.dispatch({ kind: 'command', command });
      }
      const { dialog: opened } = store.getState().ui;
      if (opened?.kind !== 'confirm') throw new Error('no dialog');
      const recent = [
        'alice restarted chainfire@node02 3 m ago: recovered in 6 s',
        'bob stopped node02 9 m ago',
      ];
      const dialog = { ...opened, recent };
      fc.assert(
        fc.property(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 15, max: 60 }), (columns, rows) => {
          const frame = frameFor({ columns, rows });
          const room = { columns, rows: frame.bodyRows, compact: frame.kind !== 'full' };
          for (const theme of THEMES) {
            const lines = confirmLines(store.getState(), dialog, room, theme);
            expectInside(lines, columns, frame.bodyRows, theme);
            // Words as they are read: across the ends of lines, without the box.
            const text = lines
              .map((line) => paintLine(line, columns, theme))
              .join(' ')
              .replace(/[│|\s]+/gu, ' ');
            expect(text).toContain('systemctl');
            if (rows >= 24 && columns >= 80) expect(text).toContain('alice restarted chainfire@node02');
            expect(text).toMatch(/chainfire\.service/u);
            expect(text).toMatch(dialog.plan.typed === undefined ? /Go on\?|may not run/u : /to go on:/u);
            if (dialog.plan.quorum.some((forecast) => forecast.breaks)) expect(text).toMatch(/BELOW|lost/u);
          }
        }),
      );
    }
  });
});
