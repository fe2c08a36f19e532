/** Every kind of terminal gets the same facts: colour only repeats what glyph and word say. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';

const SGR = /\u001b\[([\d;]*)m/g;
/** Foreground and background, basic, bright, of 256 or of all colours. */
const isColour = (parameters: string): boolean =>
  /(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)/.test(parameters);
const colours = (output: string): readonly string[] =>
  [...output.matchAll(SGR)].map(([, parameters]) => parameters ?? '').filter(isColour);

describe('terminals', () => {
  let cluster: DemoCluster;
  let session: Session | undefined;
  beforeAll(async () => {
    cluster = await startDemoCluster('--scenario', 'quorum-loss', '--speed', '10');
  });
  afterAll(() => cluster?.stop());
  afterEach(() => session?.dispose());

  /** The whole tour of a console: home, a page, nodes, events, help, and the dialog. */
  const tour = async (env: Record<string, string>, ...args: string[]): Promise<Session> => {
    const made = launch({ args: ['--config', cluster.configFile, ...args], env, columns: 100, rows: 30 });
    session = made;
    // All of the picture: in the first looks an echo may come before what it is an echo of.
    await made.until(/lost its quorum.*flaredb +\S blocked +by chainfire/s);
    for (const [keys, shown] of [
      [['right', 'down', 'enter'], /chainfire on node01/],
      [['2'], /NODE +STATE/],
      [['3'], /TIME/],
      [['?'], /HELP/],
      [['1'], /SERVICE/],
    ] as const) {
      made.press(...keys);
      await made.until(shown);
    }
    return made;
  };
  const expectGlyphsAndWords = (text: string, [down, blocked]: readonly [string, string]): void => {
    expect(text).toMatch(new RegExp(`^ ${down} .*lost its quorum`, 'm'));
    expect(text).toMatch(new RegExp(`chainfire +${down} no quorum`));
    expect(text).toMatch(new RegExp(`flaredb +${blocked} blocked +by chainfire`));
    expect(text).toMatch(new RegExp(`${down} down`));
  };
  const UNICODE = ['✖', '⊘'] as const;
  const ASCII = ['X', '#'] as const;

  it.each<[string, Record<string, string>, RegExp]>([
    ['of all colours', { COLORTERM: 'truecolor' }, /^38;2;/],
    ['of 256', { COLORTERM: '', TERM: 'xterm-256color' }, /^38;5;/],
    ['of 256 in tmux and screen', { COLORTERM: '', TERM: 'screen-256color' }, /^38;5;/],
    ['of 16, as TERM=linux', { COLORTERM: '', TERM: 'linux' }, /^(?:3|9)\d$/],
    ['of 16, as TERM=xterm', { COLORTERM: '', TERM: 'xterm' }, /^(?:3|9)\d$/],
  ])('%s are given what they have', async (_what, env, kind) => {
    const screen = await tour(env);
    expectGlyphsAndWords(screen.text(), UNICODE);
    const sent = colours(screen.output());
    expect(sent.length).toBeGreaterThan(10);
    for (const parameters of sent) expect(parameters).toMatch(kind);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['NO_COLOR=1', { NO_COLOR: '1' }, []],
    ['--no-color', {}, ['--no-color']],
    ['--no-color against FORCE_COLOR', { FORCE_COLOR: '3' }, ['--no-color']],
  ])('%s: no colour, and nothing is lost by it', async (_what, env, args) => {
    const screen = await tour(env, ...args);
    expectGlyphsAndWords(screen.text(), UNICODE);
    expect(colours(screen.output())).toEqual([]);
  });

  it('--ascii: not one character beyond ASCII', async () => {
    const screen = await tour({}, '--ascii');
    expectGlyphsAndWords(screen.text(), ASCII);
    expect(screen.output().match(/[^\u0000-\u007f]/g)).toBeNull();
  });

  it.each([
    ['dumb', /TERM=dumb: there is no screen to draw on/],
    ['', /TERM is not set: there is no screen to draw on/],
  ])('TERM=%j is given lines of text, and is told how to get more', async (TERM, says) => {
    // The pty library puts a name of its own into TERM where it is empty.
    const made = launch({
      args: [],
      command: ['env', `TERM=${TERM}`, process.execPath, program, '--config', cluster.configFile],
      env: { COLORTERM: '' },
      columns: 200,
    });
    session = made;
    await made.until(/^[\d-]+ \d\d:\d\d:\d\d {2}down {2}Chainfire has lost its quorum/m);
    // It comes first, and may have left the screen.
    expect(made.output()).toMatch(says);
    expect(made.output()).not.toContain('\u001b');
    made.press('ctrl-c');
    expect((await made.exited).code).toBe(130);
  });

  it('CI in the environment of a real terminal changes nothing', async () => {
    const screen = await tour({ CI: 'true' });
    expect(screen.alternate()).toBe(true);
  });
});
