import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { propertyText, READ_PROPERTIES, withProperties } from '../../../src/probes/bus-properties.ts';
import { UNIT_PROPERTIES } from '../../../src/probes/systemd-show.ts';

const known: UnitFacts = {
  unit: 'chainfire.service',
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  type: 'notify',
  unitFile: 'enabled',
  restarts: 1,
  exitHow: 1,
  exitCode: 3,
  mainPid: 541,
  statusText: 'serving',
  invocation: 'ab'.repeat(16),
  needsReload: false,
  job: 7,
  stateChangeMs: 1000,
  timeoutStartMs: 90_000,
};

describe('properties from the bus', () => {
  it('are written as show prints them', () => {
    expect(propertyText('SubState', 'running')).toBe('running');
    expect(propertyText('NeedDaemonReload', true)).toBe('yes');
    expect(propertyText('NRestarts', 4)).toBe('4');
    expect(propertyText('TimeoutStartUSec', 90_000_000)).toBe('90000000us');
    expect(propertyText('InvocationID', Buffer.from('0123456789abcdef0123456789abcdef', 'hex'))).toBe(
      '0123456789abcdef0123456789abcdef',
    );
    expect(propertyText('InvocationID', Buffer.alloc(0))).toBe('');
    expect(propertyText('Job', [12, '/org/freedesktop/systemd1/job/12'])).toBe('12');
    expect(propertyText('Job', [0, '/'])).toBe('');
    expect(propertyText('StatusText', [['a', 'b']])).toBeUndefined();
  });

  it('are all of those that a look asks for, but for the name', () => {
    expect([...READ_PROPERTIES].sort()).toEqual(UNIT_PROPERTIES.filter((name) => name !== 'Id').sort());
  });

  it('change what they name and leave the rest', () => {
    const changed = new Map([
      ['ActiveState', 'failed'],
      ['SubState', 'failed'],
      ['Result', 'exit-code'],
      ['StateChangeTimestampMonotonic', '2500000'],
    ]);
    expect(withProperties(known, changed)).toEqual({
      ...known,
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      stateChangeMs: 2500,
    });
  });

  it('take away what they say is gone', () => {
    const { job: _job, mainPid: _pid, exitCode: _code, exitHow: _how, ...rest } = known;
    const changed = new Map([
      ['Job', ''],
      ['MainPID', '0'],
      ['ExecMainCode', '0'],
      ['ExecMainStatus', '0'],
    ]);
    expect(withProperties(known, changed)).toEqual(rest);
  });

  it('give a span without end no time', () => {
    const infinite = new Map([['TimeoutStartUSec', String(propertyText('TimeoutStartUSec', 2 ** 64))]]);
    expect(withProperties(known, infinite).timeoutStartMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(1e15);
  });

  it('never rename a unit, whatever they hold', () => {
    const name = fc.constantFrom(...UNIT_PROPERTIES);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (entries) => {
        const facts = withProperties(known, new Map(entries));
        expect(facts.unit).toBe('chainfire.service');
        expect(JSON.stringify(facts)).not.toMatch(/\\u001b|\\u0000/);
      }),
    );
  });
});
