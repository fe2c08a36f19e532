/** What the page of an instance says beyond what frames show: a failure that is over, and what a stop would take. */
import { describe, expect, it } from 'vitest';
import { expectedTargets } from '../../../src/core/graph.ts';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { ProbeResult, UnitFacts } from '../../../src/core/model/observation.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { subjectPage } from '../../../src/views/detail/detail-lines.ts';
import { quorumSection } from '../../../src/views/detail/service-sections.ts';
import { paintLine } from '../../../src/views/paint.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { answerOk, failed, NOW_MS, type Situation, sampleStore } from '../../helpers/sample-cluster.ts';
import { fail, judged, pass, rounds, worldOf } from '../core/world.ts';

const THEME = createTheme({ ascii: false, color: 'none' });

const page = (store: AppStore, id: InstanceId): string =>
  subjectPage(store.getState(), `instance:${id}`, { columns: 100, rows: 60, compact: false }, THEME)
    .lines.map((line) => paintLine(line, 100, THEME))
    .join('\n');

const stops = (situation: Situation, id: InstanceId): string =>
  /if it stops.*/u.exec(page(sampleStore(situation), id))?.[0].replace(/\s+/gu, ' ') ?? '';

describe('the page of an instance', () => {
  it('keeps the first and the last failing answer after recovery', () => {
    const store = sampleStore('healthy');
    const { topology, inventory } = store.getState();
    const target = expectedTargets(topology, inventory).find((one) => one.id === 'iam@node02#health');
    if (target === undefined) throw new Error('no such check');
    const sick: ProbeResult = {
      ...failed(NOW_MS + 1000, 'status', '503 Service Unavailable'),
      answer: { kind: 'http', status: 503, body: '{"error":"no database"}' },
    };
    const results = [
      sick,
      failed(NOW_MS + 3000, 'refused', 'connect ECONNREFUSED 10.0.0.2:8080'),
      answerOk(target, NOW_MS + 5000, 0),
      answerOk(target, NOW_MS + 7000, 1),
    ];
    for (const result of results) {
      store.dispatch({
        kind: 'observed',
        observations: [{ kind: 'probe', check: target.id, result }],
        nowMs: result.atMs,
      });
    }
    const text = page(store, 'iam@node02');
    expect(text).toContain('failed      14:02:32 to 14:02:34, for 2 s, 4 s ago');
    expect(text).toContain('first       503 Service Unavailable {"error":"no database"}');
    expect(text).toContain('last        connect ECONNREFUSED 10.0.0.2:8080');
  });

  it('tells of a first-boot step that failed', () => {
    const store = sampleStore('healthy');
    const { facts } = store.getState();
    const look = facts.units.get('node03');
    const [unit] = look?.units ?? [];
    if (look === undefined || unit === undefined) throw new Error('no look');
    const step = {
      ...unit,
      unit: 'flaredb-cluster-join.service',
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      exitCode: 1,
    };
    store.dispatch({
      kind: 'observed',
      observations: [
        { kind: 'units', node: 'node03', look: { ...look, atMs: NOW_MS, units: [...look.units, step] } },
      ],
      nowMs: NOW_MS,
    });
    expect(page(store, 'flaredb@node03')).toMatch(
      /first boot +flaredb-cluster-join · failed \(failed\) for \d+ s · exit 1 \(exit-code\)/u,
    );
    expect(page(store, 'flaredb@node02')).not.toContain('first boot');
    expect(page(store, 'iam@node03')).not.toContain('first boot');
  });

  const withUnit = (id: InstanceId, changes: (unit: UnitFacts) => UnitFacts): string => {
    const store = sampleStore('healthy');
    const node = id.split('@')[1] ?? '';
    const look = store.getState().facts.units.get(node);
    if (look === undefined) throw new Error('no look');
    const units = look.units.map(changes);
    store.dispatch({
      kind: 'observed',
      observations: [{ kind: 'units', node, look: { ...look, atMs: NOW_MS, units } }],
      nowMs: NOW_MS,
    });
    return page(store, id);
  };

  it.each<readonly [Partial<UnitFacts>, RegExp]>([
    [{ load: 'masked' }, /load +masked: unit is masked\n +repair +systemctl unmask iam\.service/u],
    [{ load: 'bad-setting' }, /load +bad-setting: .*\n +repair +systemd-analyze verify iam\.service/u],
    [{ load: 'not-found', active: 'inactive' }, /note +answers, but systemd knows no such unit/u],
    [{ active: 'inactive', sub: 'dead' }, /note +answers, but systemd says stopped/u],
    [{ unitFile: 'disabled' }, /note +it will not come back after a reboot: systemctl enable iam\.service/u],
    [{ needsReload: true }, /note +its file changed on disk: systemctl daemon-reload/u],
  ])('says what systemd holds against a unit, and the repair: %j', (facts, said) => {
    const text = withUnit('iam@node02', (unit) =>
      unit.unit === 'iam.service' ? { ...unit, ...facts } : unit,
    );
    expect(text).toMatch(said);
    expect(page(sampleStore('healthy'), 'iam@node02')).not.toMatch(/ (note|repair|load) /u);
  });

  it('says what stops with the unit, and what is left of the votes', () => {
    expect(stops('healthy', 'fiberlb@node02')).toBe(
      'if it stops Nothing stops with it. Safe: 2 of 3 FiberLB stay, users notice nothing.',
    );
    expect(stops('healthy', 'flaredb@node02')).toContain(
      'if it stops iam and 2 first-boot steps stop with it. Safe',
    );
    expect(stops('node-lost', 'flaredb@node01')).toContain("Breaks FlareDB's quorum: 1 of 3.");
    expect(stops('quorum-lost', 'chainfire@node02')).toBe('');
  });
});

describe('the quorum on the page of a service', () => {
  const gone = (...nodes: readonly string[]): readonly string[] => {
    const world = rounds(rounds(worldOf(5), 3), 3, (target, atMs) => {
      if (target.service !== 'chainfire') return undefined;
      if (nodes.includes(target.node)) return fail(atMs, 'refused');
      return target.node === 'node02' ? pass(target, atMs, { raft: 'leader' }) : undefined;
    });
    const service = judged(world).services.get('chainfire');
    if (service === undefined) throw new Error('no such service');
    return quorumSection(service, 100).map((line) => paintLine(line, 100, THEME).trim());
  };

  it('is disputed while two lead a group that has its votes', () => {
    expect(gone('node05')).toEqual([
      '',
      'Quorum',
      'disputed    4 of 5 votes, but they are not those of one cluster',
      'leader      node01 and node02',
      'fault       two leaders: node01, node02',
    ]);
  });

  it('is lost before it is disputed', () => {
    expect(gone('node03', 'node04', 'node05')).toEqual([
      '',
      'Quorum',
      'lost        2 of 5 votes, 3 needed',
      'leader      none',
      'fault       two leaders: node01, node02',
      'fault       no leader',
    ]);
  });
});
