import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  askRelations,
  knownUnits,
  parseRelations,
  relationsCommand,
} from '../../../src/probes/systemd-relations.ts';
import type { Link, RunResult } from '../../../src/ssh/types.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const known = knownUnits(builtinTopology());
const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/systemd/${name}.out`, import.meta.url), 'utf8');

const NONE = { requires: [], requisite: [], bindsTo: [], partOf: [], wants: [], after: [] };

describe('what a real systemd printed', () => {
  test('of chainfire, with all else that it knows', () => {
    expect(parseRelations(recorded('show-full-chainfire'), known)).toEqual([
      {
        ...NONE,
        unit: 'chainfire.service',
        wants: ['network-online.target'],
        after: ['network-online.target', 'basic.target'],
      },
    ]);
  });

  test('of flaredb', () => {
    const text = `Id=flaredb.service\n${recorded('show-deps')}LoadState=loaded\n`;
    expect(parseRelations(text, known)).toEqual([
      {
        ...NONE,
        unit: 'flaredb.service',
        requires: ['chainfire.service'],
        after: ['network-online.target', 'basic.target', 'chainfire.service'],
      },
    ]);
  });
});

const block = (unit: string, load = 'loaded'): string =>
  `Id=${unit}\nRequires=chainfire.service\nAfter=chainfire.service\nLoadState=${load}\n`;

describe('what is no answer', () => {
  test('units that are not there, not ours or not loaded', () => {
    const text = [block('iam.service', 'not-found'), block('cron.service'), block('flaredb.service')].join(
      '\n',
    );
    expect(parseRelations(text, known).map(({ unit }) => unit)).toEqual(['flaredb.service']);
  });

  test('a text that was cut anywhere gives fewer units, never other ones', () => {
    const text = [block('flaredb.service'), block('iam.service')].join('\n');
    const whole = parseRelations(text, known);
    expect(whole).toHaveLength(2);
    for (let end = 0; end < text.length; end += 1) {
      for (const unit of parseRelations(text.slice(0, end), known)) expect(whole).toContainEqual(unit);
    }
  });
});

const linkThat = (result: RunResult): { link: Link; sent: (readonly string[])[] } => {
  const sent: (readonly string[])[] = [];
  const run: Link['run'] = async (command) => {
    sent.push(command);
    return result;
  };
  const refuse = (): never => {
    throw new Error('not asked for');
  };
  const link: Link = {
    node: 'node01',
    state: () => ({ state: 'up', sinceMs: 0 }),
    run,
    runLine: refuse,
    open: refuse,
  };
  return { link, sent };
};

const said = (change: Partial<Extract<RunResult, { ok: true }>>): RunResult => ({
  ok: true,
  exitCode: 0,
  stdout: block('flaredb.service'),
  stderr: '',
  truncated: false,
  durationMs: 1,
  ...change,
});

const ask = (link: Link, units: readonly string[] = ['flaredb.service']) =>
  askRelations(link, units, known, new AbortController().signal);

describe('asking', () => {
  test('is one command', async () => {
    const { link, sent } = linkThat(said({}));
    expect(await ask(link)).toEqual([
      {
        ...NONE,
        unit: 'flaredb.service',
        requires: ['chainfire.service'],
        after: ['chainfire.service'],
      },
    ]);
    expect(sent).toEqual([relationsCommand(['flaredb.service'])]);
  });

  test('gives nothing where systemctl failed or was cut short', async () => {
    expect(await ask(linkThat(said({ exitCode: 1 })).link)).toBeUndefined();
    expect(await ask(linkThat(said({ truncated: true })).link)).toBeUndefined();
  });

  test('asks nobody about no units', async () => {
    const { link, sent } = linkThat(said({}));
    expect(await ask(link, [])).toEqual([]);
    expect(sent).toEqual([]);
  });
});
