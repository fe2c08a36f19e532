/** The doctor's judgement of units, of a login and of endpoints, and its text. */
import { describe, expect, it } from 'vitest';
import { endpointFinding } from '../../../src/commands/doctor-endpoint.ts';
import { bad, ok, type Section, skipped, worstOf } from '../../../src/commands/doctor-finding.ts';
import { sectionText, summaryText } from '../../../src/commands/doctor-text.ts';
import { unitFindings } from '../../../src/commands/doctor-units.ts';
import { expectedTargets } from '../../../src/core/graph.ts';
import type { ProbeResult, UnitFacts } from '../../../src/core/model/observation.ts';
import { parseLogin } from '../../../src/ssh/look.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { sampleInventory } from '../../helpers/sample-cluster.ts';

const unit = (name: string, more: Partial<UnitFacts> = {}): UnitFacts => ({
  unit: name,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  unitFile: 'enabled',
  ...more,
});

describe('units', () => {
  const node = { name: 'node02', ssh: 'ops@node02' };

  it('are told by what keeps them from running, each once, with the command', () => {
    const found = unitFindings(node, true, [
      unit('a.service'),
      unit('b.service', { load: 'not-found', unitFile: '' }),
      unit('c.service', { load: 'masked', unitFile: 'masked' }),
      unit('d.service', { unitFile: 'disabled' }),
      unit('e.service', { unitFile: 'masked-runtime' }),
      unit('f.service', { unitFile: 'static' }),
    ]);
    expect(found.map(({ state, words, remedy }) => [state, words, remedy])).toEqual([
      ['failed', 'not there: b.service', 'install them, or leave them out with "services:" of node02'],
      ['failed', 'masked: c.service, e.service', 'ssh ops@node02 sudo systemctl unmask c.service e.service'],
      [
        'warning',
        'disabled, so not started at boot: d.service',
        'ssh ops@node02 sudo systemctl enable d.service',
      ],
    ]);
  });

  it('are well where all are there', () => {
    expect(unitFindings(node, true, [unit('a.service'), unit('b.service')])).toEqual([
      { check: 'units', state: 'ok', words: '2 of 2 there' },
    ]);
  });
});

describe('a login', () => {
  const said = [
    'debug1: Server host key: ssh-ed25519 SHA256:HOST',
    "debug1: Host 'node01' is known and matches the ED25519 host key.",
    'debug1: Found key in /home/ops/.ssh/known_hosts:7',
    'debug1: Server accepts key: /home/ops/.ssh/a key ED25519 SHA256:KEY agent',
    'Authenticated to 10.0.0.1 ([10.0.0.1]:22) using "publickey".',
  ];

  it('is told by what the client says', () => {
    expect(parseLogin(said.join('\n'))).toEqual({
      method: 'publickey',
      key: { print: 'ED25519 SHA256:KEY', from: '/home/ops/.ssh/a key' },
      hostKey: 'ssh-ed25519 SHA256:HOST',
      knownFrom: '/home/ops/.ssh/known_hosts:7',
      certified: false,
    });
  });

  it('is not told by what a banner, or a command, says after it', () => {
    const liar = [
      ...said,
      'debug1: Server accepts key: /evil RSA SHA256:EVIL',
      'debug1: Server host key: x SHA256:Y',
    ];
    expect(parseLogin(liar.join('\n'))).toEqual(parseLogin(said.join('\n')));
    const banner = [...said.slice(0, 3), 'debug1: Server host key: x SHA256:Y', ...said.slice(3)];
    expect(parseLogin(banner.join('\n'))).toEqual(parseLogin(said.join('\n')));
  });

  it('that did not come to be has no key', () => {
    expect(parseLogin(said.slice(0, 4).join('\n'))).not.toHaveProperty('key');
  });
});

describe('an endpoint', () => {
  const target = expectedTargets(builtinTopology(), sampleInventory(1)).find(
    ({ spec }) => spec.kind === 'https-json',
  );
  if (target === undefined) throw new Error('no such check');
  const now = 1_000_000_000_000;
  const day = 86_400_000;
  const answer = (
    notAfterMs: number,
    json: Record<string, string> = { status: 'healthy', raft: 'leader' },
  ): ProbeResult => ({
    ok: true,
    atMs: now,
    phases: { totalMs: 12 },
    answer: { kind: 'http', status: 200, body: '', json },
    certificate: { subject: '', issuer: '', names: [], notBeforeMs: 0, notAfterMs },
  });
  const find = (result: ProbeResult) => endpointFinding(target, result, now, 14 * day);

  it('is well, and says how long', () => {
    expect(find(answer(now + 30.5 * day))).toMatchObject({
      state: 'ok',
      words: expect.stringContaining('certificate for 30 more days') as unknown,
      ms: 12,
    });
  });

  it('is a warning where its certificate ends soon, or it says that it is not well', () => {
    expect(find(answer(now + 13.9 * day))).toMatchObject({
      state: 'warning',
      remedy: 'renew the certificate in time',
    });
    expect(find(answer(now + 30 * day, { status: 'sick', raft: 'leader' }))).toMatchObject({
      state: 'warning',
      words: expect.stringContaining('says sick') as unknown,
    });
  });

  it.each([
    ['refused', 'nothing listens there'],
    ['tls-untrusted', 'tls.ca'],
    ['tls-name', 'tls.serverName'],
    ['dns', '"address:"'],
    ['status', 'plasmatop logs'],
  ] as const)('that fails with %s has a remedy', (kind, remedy) => {
    const found = find({ ok: false, atMs: now, phases: { totalMs: 1 }, failure: { kind, detail: 'why' } });
    expect(found).toMatchObject({ state: 'failed', words: expect.stringMatching(/: why$/) as unknown });
    expect(found.remedy).toContain(remedy);
  });
});

describe('the text', () => {
  const section: Section = {
    title: 'node01',
    findings: [
      ok('ssh', 'ops@10.0.0.1:22', 1234),
      bad(
        'failed',
        'host key',
        `SHA256:${'x'.repeat(90)} is not known`,
        'compare its fingerprint and say yes once: ssh node01',
      ),
      bad('warning', 'clock', '5 s behind', 'let both follow NTP', 3),
      skipped('the rest', 'cannot be asked'),
    ],
  };

  it.each([40, 60, 80, 120])(
    'fits %i columns, with a mark for each finding and its remedy below',
    (columns) => {
      for (const ascii of [false, true]) {
        const text = sectionText(section, { ascii, columns });
        expect(text.split('\n').filter((line) => line.length > columns)).toEqual([]);
        const marks = ascii ? ['+', 'X', '!', '-'] : ['✓', '✗', '!', '-'];
        const found = [...text.matchAll(/^ {2}(\S) (?:ssh|host key|clock|the rest) /gmu)].map(
          ([, mark]) => mark,
        );
        expect(found).toEqual(marks);
        expect(text.replace(/\s+/gu, ' ')).toContain(`${ascii ? '->' : '→'} let both follow NTP`);
      }
    },
  );

  it('ends with how many there are of each, and the worst decides', () => {
    expect(summaryText([section])).toBe('1 ok, 1 warning, 1 failed, 1 could not be told\n');
    expect(worstOf([section])).toBe('failed');
    expect(worstOf([{ title: '', findings: [section.findings[2] ?? skipped('', '')] }])).toBe('warning');
    expect(worstOf([{ title: '', findings: [skipped('', '')] }])).toBe('ok');
  });
});
