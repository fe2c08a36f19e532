/** The screen as a live thing: keys, paste, resize, colour, and drawing only what changed. */
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/store/events.ts';
import { selectedRow } from '../../src/store/rows.ts';
import type { ColorMode } from '../../src/views/theme.ts';
import { openScreen } from '../helpers/frame.tsx';
import { withPlanner } from '../helpers/planner.ts';
import { NOW_MS, sampleStore } from '../helpers/sample-cluster.ts';

const VERMILLION = 0xd9480f;
const GREEN = 0x009e73;
const ORANGE = 0xc77d00;

describe('keys', () => {
  it('of one chunk are all taken', async () => {
    const store = sampleStore('healthy');
    const screen = await openScreen(store, 80, 24);
    await screen.press('jj');
    expect(selectedRow(store.getState())).toBe('level:2');
    await screen.press('\u001b[A');
    expect(selectedRow(store.getState())).toBe('service:flaredb');
    expect(screen.text()).toContain('❯▸ flaredb');
    screen.close();
  });

  it('quit with q and Ctrl-C, also from inside an input', async () => {
    const store = sampleStore('healthy');
    const effects: Effect[] = [];
    store.onEffect((effect) => effects.push(effect));
    const screen = await openScreen(store, 80, 24);
    await screen.press('/');
    await screen.press('q');
    expect(effects).toEqual([]);
    await screen.press('\u0003');
    expect(effects).toEqual([{ kind: 'quit' }]);
    screen.close();
  });

  it('inside a bracketed paste do nothing', async () => {
    const store = sampleStore('healthy');
    const effects: Effect[] = [];
    store.onEffect((effect) => effects.push(effect));
    const screen = await openScreen(store, 80, 24);
    const before = screen.text();
    await screen.press('\u001b[200~qqryy\r!t\u001b[201~');
    expect(effects).toEqual([]);
    expect(screen.text()).toBe(before);
    screen.close();
  });

  it('lead from the row to the command and back', async () => {
    const store = sampleStore('healthy');
    const effects = withPlanner(store);
    const screen = await openScreen(store, 80, 24);
    for (const key of ['l', 'j', 'j', 'r']) await screen.press(key);
    expect(screen.text()).toContain('ssh node02 -- sudo -n systemctl restart -- chainfire.service');
    await screen.press('\r');
    expect(screen.text()).not.toContain('systemctl');
    await screen.press('r');
    await screen.press('y');
    expect(effects.filter((effect) => effect.kind === 'run-plan')).toHaveLength(1);
    expect(screen.text()).not.toContain('systemctl');
    screen.close();
  });
});

describe("the operator's own keys", () => {
  const keys = new Map<string, readonly string[]>([
    ['restart', ['Z']],
    ['next-problem', ['tab']],
    ['view-nodes', ['alt-n']],
    ['view-impact', []],
    ['only-broken', ['ctrl-x']],
  ]);

  it.each([
    [120, 40],
    [80, 24],
    [40, 15],
  ])('are on every part of the screen, and act, at %ix%i', async (columns, rows) => {
    const store = sampleStore('quorum-lost', { keys });
    withPlanner(store);
    const screen = await openScreen(store, columns, rows);
    const footer = (): string => screen.lines()[rows - 1] ?? '';
    expect(footer()).toContain('Z restart');
    if (columns >= 60) expect(footer()).toContain('tab next problem');
    expect(footer()).not.toMatch(/ [rn!] /u);
    if (columns >= 60) expect(screen.text()).toContain('1 tree  Alt-n nodes  3 events  4 jobs  5 first boot');
    expect(screen.text()).not.toContain('6 impact');
    await screen.press('\u0018');
    if (columns >= 60) expect(screen.text()).toContain('Ctrl-X shows');
    await screen.press('?');
    await screen.press('G');
    await screen.press('g');
    expect(screen.text()).toMatch(/ Z +Restart the selected\s+service/u);
    expect(screen.text()).not.toMatch(/ r +Restart the selected\s+service/u);
    expect(screen.overflowed()).toBe(false);
    screen.close();
  });
});

describe('what users lose', () => {
  it.each([
    [15, 'Down: new VMs, API logins, metrics …'],
    [24, 'New VMs, API logins and metrics are down.'],
  ])('is whole in 40 columns, in fewer words at %i rows', async (rows, words) => {
    const screen = await openScreen(sampleStore('quorum-lost'), 40, rows);
    expect(screen.text().replaceAll(/\s+/gu, ' ')).toContain(words);
    expect(screen.overflowed()).toBe(false);
    screen.close();
  });
});

describe('a theme', () => {
  it.each([
    ['light', 0x00_5f_00, 0xaf_00_00],
    ['high-contrast', 0x5f_ff_87, 0xff_87_af],
    ['colour-blind', 0x5f_af_ff, 0xff_87_87],
  ] as const)('%s colours the verdicts on the screen', async (name, ok, down) => {
    const store = sampleStore('quorum-lost');
    const screen = await openScreen(store, 80, 24, { ascii: false, color: 'truecolor', name });
    expect(screen.find('●').color).toBe(ok);
    expect(screen.find('✖').color).toBe(down);
    expect(screen.find('SERVICE').dim).toBe(false);
    screen.close();
  });
});

describe('a banner', () => {
  const FLAGS = { readOnly: true, source: 'demo' } as const;

  it('stands at every size, however much else is to be said, and leaves the verdict where it was', async () => {
    const text = 'PRODUCTION EU-WEST-1';
    for (const [columns, rows] of [
      [200, 60],
      [120, 40],
      [80, 24],
      [40, 15],
      [38, 10],
    ] as const) {
      const verdict = async (banner: boolean): Promise<readonly string[]> => {
        const mode = { ...FLAGS, ...(banner ? { banner: { text, color: 'blue' } as const } : {}) };
        const store = sampleStore('quorum-lost', mode);
        const screen = await openScreen(store, columns, rows);
        await screen.press('p');
        expect(screen.overflowed()).toBe(false);
        const lines = screen.lines();
        if (banner) expect(lines.join('\n')).toContain(columns > 40 ? text : ' PRO');
        screen.close();
        return lines.slice(columns < 40 ? 0 : 1, columns < 40 ? 2 : 5);
      };
      expect(await verdict(true)).toEqual(await verdict(false));
    }
  });

  it('is inverse without colours, and in brackets without any escape code or beyond ASCII', async () => {
    const banner = { text: 'PRODUCTION', color: 'red' } as const;
    const mono = await openScreen(sampleStore('healthy', { banner }), 40, 15, {
      ascii: false,
      color: 'mono',
    });
    expect(mono.find('PRODUCTION').inverse).toBe(true);
    mono.close();
    for (const theme of [
      { ascii: true, color: 'mono' },
      { ascii: false, color: 'none' },
    ] as const) {
      const screen = await openScreen(sampleStore('healthy', { banner }), 40, 15, theme);
      expect(screen.lines()[0]).toContain('[PRODUCTION]');
      screen.close();
    }
  });
});

describe('a resize', () => {
  it('keeps the selection and fills the new screen', async () => {
    const store = sampleStore('quorum-lost');
    const screen = await openScreen(store, 120, 40);
    await screen.press('G');
    const chosen = selectedRow(store.getState());
    for (const [columns, rows] of [
      [80, 24],
      [40, 15],
      [200, 60],
      [30, 8],
      [80, 24],
    ] as const) {
      await screen.resize(columns, rows);
      expect(screen.lines()).toHaveLength(rows);
      expect(screen.overflowed()).toBe(false);
      expect(selectedRow(store.getState())).toBe(chosen);
      if (columns >= 40) expect(screen.text()).toContain('k8shost');
    }
    screen.close();
  });

  it('leaves nothing of the old picture behind', async () => {
    const fresh = await openScreen(sampleStore('quorum-lost'), 80, 24);
    const resized = await openScreen(sampleStore('quorum-lost'), 200, 60);
    await resized.resize(80, 24);
    expect(resized.lines()).toEqual(fresh.lines());
    fresh.close();
    resized.close();
  });
});

describe('drawing', () => {
  it('does not happen when nothing visible changed', async () => {
    const store = sampleStore('healthy');
    const screen = await openScreen(store, 80, 24);
    // A key makes React finish what mounting left over.
    await screen.press('j');
    const before = screen.frames();
    store.dispatch({ kind: 'tick', nowMs: NOW_MS });
    store.dispatch({ kind: 'observed', observations: [], nowMs: NOW_MS + 100 });
    store.dispatch({ kind: 'resized', bodyRows: store.getState().ui.bodyRows, compact: false });
    await screen.settle();
    expect(screen.frames()).toBe(before);
    store.dispatch({ kind: 'tick', nowMs: NOW_MS + 1000 });
    await screen.until('14:02:32');
    expect(screen.frames()).toBeGreaterThan(before);
    screen.close();
  });

  it('holds the body still while paused', async () => {
    const store = sampleStore('healthy');
    const screen = await openScreen(store, 80, 24);
    await screen.press('p');
    const body = screen.lines().slice(1, -1);
    store.dispatch({ kind: 'tick', nowMs: NOW_MS + 90_000 });
    await screen.settle();
    expect(screen.lines().slice(1, -1)).toEqual(body);
    expect(screen.lines()[0]).toContain('PAUSED 1 m');
    await screen.press('p');
    expect(screen.lines().slice(1, -1)).not.toEqual(body);
    screen.close();
  });
});

describe('colour', () => {
  it('repeats verdicts in every view', async () => {
    const store = sampleStore('quorum-lost');
    withPlanner(store);
    const screen = await openScreen(store, 120, 40);
    expect(screen.find('✖ no quorum').color).toBe(VERMILLION);
    expect(screen.find('● 5 ms').color).toBe(GREEN);
    expect(screen.find('⊘').dim).toBe(true);
    expect(screen.find('chainfire      ').inverse).toBe(true);
    await screen.press('2');
    expect(screen.find('◐ dns').color).toBe(ORANGE);
    await screen.press('3');
    expect(screen.find('ok → down').color).toBe(VERMILLION);
    await screen.press('1');
    await screen.press('\r');
    expect(screen.find('✖ down').color).toBe(VERMILLION);
    await screen.press('\u001b');
    await screen.until('SERVICE');
    await screen.press('?');
    await screen.press('G');
    expect(screen.find('◐ degraded').color).toBe(ORANGE);
    await screen.press('?');
    for (const key of ['l', 'j', 'j', 'r']) await screen.press(key);
    expect(screen.find('down, failed').color).toBe(VERMILLION);
    screen.close();
  });

  it.each(['mono', 'none'] as const)('is not needed to see the selection: %s', async (color: ColorMode) => {
    const screen = await openScreen(sampleStore('quorum-lost'), 80, 24, { ascii: true, color });
    await screen.press('j');
    expect(screen.find('flaredb').inverse).toBe(color === 'mono');
    expect(screen.lines().filter((line) => line.startsWith('*'))).toHaveLength(1);
    expect(screen.find('X no quorum').color).toBeUndefined();
    screen.close();
  });
});
