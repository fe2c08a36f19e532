/** Every answer that real systemd was recorded to give, as it is and with what a network of people does to it. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { parseJobs } from '../../../src/probes/systemd-jobs.ts';
import { linesOf, parseShow } from '../../../src/probes/systemd-show.ts';

const directory = new URL('../../fixtures/systemd/', import.meta.url);
const said = (name: string): string => readFileSync(new URL(name, directory), 'utf8');

/** File → what stands in it: units as `Id ActiveState/SubState Result job N`, jobs as printed; no jobs told: absent. */
type Manifest = Readonly<
  Record<string, { readonly units: readonly string[]; readonly jobs?: readonly string[] }>
>;
const manifest = JSON.parse(said('manifest.json')) as Manifest;

const unitWords = ({ unit, active, sub, result, job }: UnitFacts): string =>
  [unit, `${active}/${sub}`, result, job === undefined ? '' : `job ${job}`]
    .filter((word) => word !== '')
    .join(' ');
const jobWords = (text: string): readonly string[] | undefined =>
  parseJobs(linesOf(text))?.map(({ id, unit, type, state }) => `${id} ${unit} ${type} ${state}`);

describe('recorded answers', () => {
  it('are all in the manifest', () => {
    const files = readdirSync(directory).filter((name) => name.endsWith('.out'));
    expect(files.filter((name) => !/journal|clock/u.test(name)).toSorted()).toEqual(
      Object.keys(manifest).toSorted(),
    );
  });

  it.each(Object.entries(manifest))('%s', (name, { units, jobs }) => {
    const text = said(name);
    expect(parseShow(text).map(unitWords)).toEqual(units);
    expect(jobWords(text)).toEqual(jobs);
  });
});

const shows = Object.keys(manifest).filter((name) => (manifest[name]?.units.length ?? 0) > 0);
const queues = Object.keys(manifest).filter((name) => manifest[name]?.jobs !== undefined);

/** What login scripts, systemctl's own warnings and older versions put between the lines. */
const NOISE = [
  'Welcome to node01!',
  '',
  'Last login: Mon Nov 23 09:00:00 2026 from 10.77.0.1',
  'Warning: The unit file, source configuration file or drop-ins of chainfire.service changed on disk.',
  "Run 'systemctl daemon-reload' to reload units.",
  '\u001b[1;31m*** authorised use only ***\u001b[0m',
  'bash: warning: setlocale: LC_ALL: cannot change locale (xx_XX.UTF-8)',
  'NUL\u0000NUL',
  'SomethingNew=of a later systemd',
  'ActiveEnterTimestamp=n/a',
  '=',
  'A==B',
  '\u2028',
];

/** Each fact of it is in `whole`; facts may be missing. */
const expectNoMoreThan = (facts: readonly UnitFacts[], whole: readonly UnitFacts[]): void => {
  const known = new Map(whole.map((unit) => [unit.unit, unit]));
  for (const unit of facts) {
    const told = Object.entries(unit).filter(([, value]) => value !== '');
    expect(known.get(unit.unit)).toMatchObject(Object.fromEntries(told));
  }
};

const noisy = fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...NOISE)), { maxLength: 8 });
const withNoise = (text: string, noise: readonly (readonly [number, string])[]): string => {
  const lines = text.split('\n');
  for (const [at, line] of noise) lines.splice(at % lines.length, 0, line);
  return lines.join('\n');
};

describe('recorded units with noise', () => {
  it('give no fact that was not told, wherever the noise stands and wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shows),
        noisy,
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, noise, crlf, share) => {
          const whole = withNoise(said(name), noise);
          const text = crlf ? whole.replaceAll('\n', '\r\n') : whole;
          const cut = text.slice(0, Math.floor(text.length * share));
          expectNoMoreThan(parseShow(text), parseShow(said(name)));
          expectNoMoreThan(parseShow(cut), parseShow(said(name)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('lose nothing by noise that is not an empty line', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shows),
        noisy.map((noise) => noise.filter(([, line]) => line !== '')),
        (name, noise) => {
          expect(parseShow(withNoise(said(name), noise))).toEqual(parseShow(said(name)));
        },
      ),
    );
  });

  it('never give a block of which the end was cut off within a line', () => {
    for (const name of shows) {
      const text = said(name).trimEnd();
      const last = /^Id=(.*)$/mu.exec(text.split('\n\n').at(-1) ?? '')?.[1];
      if (last === undefined) continue;
      expect(parseShow(`${text}\n`).at(-1)?.unit).toBe(last);
      expect(parseShow(text.slice(0, -1)).map(({ unit }) => unit)).not.toContain(last);
    }
  });

  it('stay harmless and finite when values are odd', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
      fc.constantFrom('', '0', 'n/a', '[not set]', 'infinity', '18446744073709551615', '-1', '1e308', 'NaN'),
      fc.integer().map(String),
      fc.constant('9'.repeat(500)),
      fc.constant('\u001b]0;owned\u0007\u001b[2J\u202e'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...shows), fc.array(fc.tuple(fc.nat(400), value)), (name, changes) => {
        const lines = said(name).split('\n');
        for (const [at, next] of changes) {
          const index = at % lines.length;
          lines[index] = (lines[index] ?? '').replace(/=.*$/u, () => `=${next}`);
        }
        for (const unit of parseShow(lines.join('\n'))) {
          for (const told of Object.values(unit)) {
            if (typeof told === 'number') expect(Number.isFinite(told) && told >= 0).toBe(true);
            if (typeof told !== 'string') continue;
            expect(told).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/u);
            expect(told.length).toBeLessThanOrEqual(200);
          }
        }
      }),
    );
  });
});

describe('a recorded queue', () => {
  it('is as it was through noise and CRLF', () => {
    fc.assert(
      fc.property(fc.constantFrom(...queues), noisy, fc.boolean(), (name, noise, crlf) => {
        const text = withNoise(said(name), noise);
        expect(jobWords(crlf ? text.replaceAll('\n', '\r\n') : text)).toEqual(manifest[name]?.jobs);
      }),
    );
  });

  it('is not told where nothing, or another number of jobs than there are, came', () => {
    expect(parseJobs([])).toBeUndefined();
    expect(parseJobs([''])).toBeUndefined();
    expect(parseJobs(['Failed to list jobs: Access denied'])).toBeUndefined();
    expect(parseJobs(['2 a.service start running', '', '2 jobs listed.'])).toBeUndefined();
  });

  it('is read as systemd 239 prints it, too', () => {
    const old = ['JOB UNIT                 TYPE  STATE  ', ' 62 chainfire.service    start running'];
    expect(parseJobs([...old, '  7 multi-user.target    start waiting', '', '2 jobs listed.'])).toEqual([
      { id: 62, unit: 'chainfire.service', type: 'start', state: 'running' },
      { id: 7, unit: 'multi-user.target', type: 'start', state: 'waiting' },
    ]);
  });

  it('holds harmless names only, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (lines, name) => {
        const jobs = parseJobs([...lines, `1 ${name}.service start waiting`]) ?? [];
        for (const { unit } of jobs) expect(unit).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
      }),
    );
  });
});
