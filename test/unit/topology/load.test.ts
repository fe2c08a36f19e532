/** What a topology file may hold, and how each mistake in one is answered: all at once, with its place and a remedy. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/problem.ts';
import { loadTopology } from '../../../src/topology/load.ts';

const GOOD = `name: small
title: Small
levels:
  - { number: 1, title: Base, description: none }
capabilities:
  - { id: logins, title: Logins }
services:
  - name: store
    title: Store
    level: 1
    purpose: keeps things
    unit: store.service
    type: notify
    after: [network-online.target]
    ports:
      - { port: 2379, name: API }
    start: 10s
    timeoutStart: 1m
    restartAfter: 500ms
    quorum: { check: health, documented: 2/3 }
    checks:
      - id: health
        kind: https-json
        port: 2379
        path: /health
        slow: 300ms
        fields:
          - { name: status, role: status, equals: healthy }
          - { name: raft, role: raft }
    impact:
      - { severity: lost, text: nobody gets in, capabilities: [logins], perNode: true }
    mitigations:
      - two are enough
      - { text: cached, when: loss, capabilities: ["logins"] }
  - name: front
    title: Front
    level: 1
    purpose: shows things
    unit: front.service
    type: simple
    after: [store.service]
    requires: [store.service]
    start: 2000
    startAfter: store
    checks:
      - { id: port, kind: tcp, port: 80 }
flow:
  - { from: client, to: front, label: asks, kind: forward }
`;

const load = (text: string): readonly Problem[] => {
  const loaded = loadTopology({ path: 'mine.yaml', text });
  return loaded.ok ? [] : loaded.problems;
};

/** GOOD with one text replaced; the text must be there. */
const edit = (from: string, to: string): string => {
  if (!GOOD.includes(from)) throw new Error(`not in the sample: ${from}`);
  return GOOD.replace(from, to);
};

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('a good topology', () => {
  it('is taken with durations in ms and defaults filled in', () => {
    const loaded = loadTopology({ text: GOOD });
    expect(loaded).toMatchObject({
      ok: true,
      topology: {
        services: [
          {
            startMs: 10_000,
            timeoutStartMs: 60_000,
            restartSec: 0.5,
            requires: [],
            impact: [{ perNode: true }],
            mitigations: [
              { text: 'two are enough', when: 'instances' },
              { text: 'cached', when: 'loss', capabilities: ['logins'] },
            ],
            critical: { value: false },
            ports: [{ port: 2379, name: 'API', protocol: 'tcp' }],
            checks: [{ kind: 'https-json', status: 200, slowMs: 300 }],
          },
          { startMs: 2000, startAfter: 'store', checks: [{ kind: 'tcp', port: 80 }] },
        ],
        firstBoot: { chain: [], steps: [], ready: { unit: 'multi-user.target' } },
      },
    });
  });

  it('holds no undefined value', () => {
    const loaded = loadTopology({ text: GOOD });
    if (!loaded.ok) throw new Error('refused');
    expect(JSON.parse(JSON.stringify(loaded.topology))).toStrictEqual(loaded.topology);
  });
});

/** From, to, where the complaint must point (a text in the edited file), message, remedy. */
const MISTAKES: readonly (readonly [string, string, string, RegExp, RegExp])[] = [
  // Shape
  ['title: Store', 'titel: Store', 'titel', /unknown key "titel"/u, /did you mean title\?/u],
  ['    purpose: keeps things\n', '', 'name: store', /"purpose" is missing/u, /add "purpose:"/u],
  ['type: simple', 'type: sipmle', 'sipmle', /none of notify, simple/u, /did you mean simple\?/u],
  ['kind: https-json', 'kind: http-json', 'http-json', /none of https-json/u, /did you mean https-json\?/u],
  ['kind: tcp', 'kind: telepathy', 'telepathy', /none of/u, /use one of https-json, https-text, dns, tcp/u],
  ['kind: tcp, ', '', '{ id: port', /"kind" is missing/u, /add "kind:"/u],
  ['start: 10s', 'start: soon', 'soon', /not a duration/u, /2s, 500ms/u],
  ['start: 10s', 'start: -1s', '-1s', /not a duration/u, /2s, 500ms/u],
  ['start: 10s', 'start: 0', '0\n    timeout', /not a duration/u, /2s, 500ms/u],
  ['start: 10s', 'start: 30h', '30h', /not a duration/u, /at most 24h/u],
  ['start: 10s', 'start: .nan', '.nan', /not a duration/u, /2s, 500ms/u],
  ['port: 80 }', 'port: 99999 }', '99999', /"99999" is not a port/u, /1 to 65535/u],
  ['port: 80 }', 'port: 0 }', '0 }\nflow', /"0" is not a port/u, /1 to 65535/u],
  ['port: 80 }', 'port: 80.5 }', '80.5', /"80.5" is not a port/u, /1 to 65535/u],
  ['port: 80 }', 'port: "80" }', '"80"', /"80" is not a port/u, /whole number/u],
  ['path: /health', 'path: health', 'health\n        slow', /not a URL path/u, /start it with "\/"/u],
  ['path: /health', 'path: "/a b"', '"/a b"', /not a URL path/u, /no spaces/u],
  ['path: /health', 'path: "/a\\r\\nHost: x"', '"/a\\r', /not a URL path/u, /control characters/u],
  ['title: Store', 'title: "a\\e[31mb"', '"a\\e', /control character/u, /plain text/u],
  ['title: Store', 'title: "a\\u202eb"', '"a\\u', /control character/u, /plain text/u],
  ['title: Store', 'title: ""', '""', /is empty/u, /write a text/u],
  ['name: store', 'name: Store house', 'Store house', /not a plain name/u, /lower-case/u],
  ['name: store', 'name: "-store"', '"-store"', /not a plain name/u, /lower-case/u],
  // Unit names reach systemctl on a node
  [
    'unit: store.service',
    'unit: store',
    'store\n    type',
    /not a systemd unit name/u,
    /like chainfire\.service/u,
  ],
  [
    'unit: store.service',
    'unit: --now.service',
    '--now',
    /not a systemd unit name/u,
    /not starting with "-"/u,
  ],
  ['unit: store.service', 'unit: "a;reboot.service"', '"a;reboot', /not a systemd unit name/u, /letters/u],
  ['unit: store.service', 'unit: "$(id).service"', '"$(id)', /not a systemd unit name/u, /letters/u],
  ['unit: store.service', 'unit: "a b.service"', '"a b', /not a systemd unit name/u, /letters/u],
  ['unit: store.service', 'unit: "a.service\\n"', '"a.service', /not a systemd unit name/u, /letters/u],
  ['requires: [store.service]', 'requires: ["-H evil"]', '"-H evil"', /not a systemd unit name/u, /in full/u],
  // References
  [
    'requires: [store.service]',
    'requires: [stroe.service]',
    'stroe',
    /no unit stroe\.service/u,
    /did you mean store\.service\?/u,
  ],
  [
    'after: [store.service]',
    'after: [stor.service]',
    'stor.service',
    /no unit/u,
    /did you mean store\.service\?/u,
  ],
  ['startAfter: store', 'startAfter: stare', 'stare', /no service stare/u, /did you mean store\?/u],
  [
    'capabilities: [logins]',
    'capabilities: [login]',
    'login]',
    /no capability login/u,
    /did you mean logins\?/u,
  ],
  [
    'capabilities: ["logins"]',
    'capabilities: ["loggins"]',
    'loggins"]',
    /no capability loggins/u,
    /did you mean logins\?/u,
  ],
  ['when: loss', 'when: lost', 'lost, cap', /lost/u, /did you mean loss\?/u],
  ['perNode: true', 'perNode: 1', '1 }', /true or false/u, /true or false/u],
  [
    'quorum: { check: health',
    'quorum: { check: helth',
    'helth',
    /no check helth in store/u,
    /did you mean health\?/u,
  ],
  [
    'name: raft, role: raft',
    'name: raft, role: info',
    'health, documented',
    /tells nothing of Raft/u,
    /role: raft/u,
  ],
  [
    '{ from: client, to: front',
    '{ from: client, to: fornt',
    'fornt',
    /no service fornt/u,
    /did you mean front\?/u,
  ],
  [
    '    startAfter: store',
    '    backend: { service: kafka, stores: x }',
    'kafka',
    /no service kafka/u,
    /use one of store, front/u,
  ],
  [
    '    level: 1\n    purpose: shows',
    '    level: 2\n    purpose: shows',
    '2\n    purpose: shows',
    /level 2 is not described/u,
    /"levels"/u,
  ],
  [
    'role: status, equals: healthy',
    'role: status',
    '{ name: status',
    /status field needs "equals"/u,
    /add "equals:"/u,
  ],
  [
    'role: status, equals: healthy',
    'role: link, equals: x',
    '{ name: status',
    /link field needs "service"/u,
    /add/u,
  ],
  // Duplicates
  [
    'name: front',
    'name: store',
    'store\n    title: Front',
    /name store is there twice/u,
    /remove or rename/u,
  ],
  [
    'unit: front.service',
    'unit: store.service',
    'store.service\n    type: simple',
    /unit store\.service is there twice/u,
    /rename/u,
  ],
  [
    '- { port: 2379, name: API }',
    '- { port: 2379, name: API }\n      - { port: 2379, name: Raft }',
    '2379, name: Raft',
    /port 2379\/tcp is there twice/u,
    /rename/u,
  ],
  [
    '- { id: port, kind',
    '- { id: port, kind: tcp, port: 81 }\n      - { id: port, kind',
    'port, kind: tcp, port: 80',
    /check port is there twice/u,
    /rename/u,
  ],
  [
    '- { number: 1,',
    '- { number: 1, title: x, description: y }\n  - { number: 1,',
    '1, title: Base',
    /level 1 is there twice/u,
    /rename/u,
  ],
  // Cycles
  [
    'after: [network-online.target]',
    'requires: [front.service]',
    'store.service\n    type: notify',
    /needs itself: store\.service → front\.service → store\.service/u,
    /remove one/u,
  ],
  [
    'after: [network-online.target]',
    'after: [front.service]',
    'store.service\n    type: notify',
    /starts after itself/u,
    /remove one/u,
  ],
  [
    'after: [network-online.target]',
    'wants: [store.service]',
    'store.service]\n    ports',
    /needs itself: store\.service → store\.service/u,
    /remove one/u,
  ],
];

describe('a mistake is answered with its place and a remedy', () => {
  it.each(MISTAKES)('%s → %s', (from, to, place, message, remedy) => {
    const text = edit(from, to);
    const problems = load(text);
    const found = problems.find((problem) => message.test(problem.message));
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(found?.remedy).toMatch(remedy);
    expect(found?.file).toBe('mine.yaml');
    // A cycle points at the unit that starts it; everything else at the text itself.
    if (!/itself/u.test(found?.message ?? '')) expect(found?.line).toBe(lineOf(text, place));
  });

  it('names the column too', () => {
    expect(load(edit('type: simple', 'type: sipmle'))).toMatchObject([
      { path: 'services[1].type', line: 40, column: 11 },
    ]);
  });

  it('all at once, in the order of the lines', () => {
    const text = edit('type: notify', 'type: no')
      .replace('kind: tcp', 'kind: up')
      .replace('name: small', 'nam: x');
    const lines = load(text).map((problem) => problem.line);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(lines).toEqual(lines.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('a cycle that closes through the Before= of a first-boot step', () => {
    const text = `${edit('after: [network-online.target]', 'after: [join.service]')}firstBoot:
  ready: { unit: multi-user.target, title: Ready }
  steps:
    - { name: early, title: Early, unit: early.service, does: [waits], after: [front.service], before: [join.service] }
    - { name: join, title: Join, unit: join.service, does: [joins] }
`;
    expect(load(text)).toMatchObject([
      {
        path: 'services[0].unit',
        message: expect.stringContaining(
          'store.service starts after itself: store.service → join.service → early.service',
        ),
      },
    ]);
  });

  it('each cycle once', () => {
    const text = edit(
      'after: [network-online.target]',
      'after: [front.service]\n    requires: [front.service]',
    );
    expect(load(text)).toHaveLength(1);
  });
});

describe('text that is no topology', () => {
  it.each([
    ['', /must be a block of keys and values/u],
    ['- a\n- b', /must be a block of keys and values/u],
    ['just words', /must be a block of keys and values/u],
    ['name: [a\ntitle: b', /Flow sequence|flow collection/iu],
    ['name: a\nname: b', /unique/u],
    ['name: !!js/function "x"', /tag/iu],
    ['name: a\n---\nname: b', /document/iu],
    ['\t\tname: x', /./u],
    ['a: &a [x]\nb: [*a, *nope]', /alias/iu],
  ])('%j is refused', (text, message) => {
    const problems = load(text);
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(problems.every((problem) => (problem.line ?? 0) >= 1 && problem.remedy !== '')).toBe(true);
  });

  it('does not unfold a bomb of aliases', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
      .concat(
        Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
      )
      .join('\n');
    expect(load(bomb)).toMatchObject([{ remedy: 'write the values out instead of using aliases' }]);
  });
});
