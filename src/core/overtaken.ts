/** Passes that systemd has overtaken: the unit went down since, so they say nothing about now. */
import type { CheckReading } from './check-verdict.ts';
import type { InstanceInput } from './instance-words.ts';
import type { UnitFacts } from './model/observation.ts';
import { nodeTimeAt } from './node-clock.ts';
import { freshLook, unitIn } from './unit-standing.ts';
import { isFailing } from './unit-verdict.ts';

const isDown = (unit: UnitFacts): boolean => unit.active === 'inactive' || isFailing(unit);

/**
 * The reading of a check as silence, where its last good look is from before its unit went down, or where the newest
 * look was silent: with systemd's word for it there is no blip to wait out. Any pass after that stands.
 */
export const overtaken = (input: InstanceInput, reading: CheckReading): CheckReading => {
  const { conduct, readAtMs, state } = reading;
  // However old the look is: time alone does not make the pass news again.
  const unit = input.look && unitIn(input.look, input.service.unit);
  if (unit === undefined || !isDown(unit) || (conduct !== 'passing' && conduct !== 'pending')) return reading;
  const pushedMs = input.look?.pushedMs?.get(unit.unit) ?? Number.NEGATIVE_INFINITY;
  const onNodeMs = readAtMs === undefined ? undefined : nodeTimeAt(input.clock, readAtMs);
  const isOld =
    readAtMs !== undefined &&
    (readAtMs < pushedMs || (onNodeMs ?? Number.POSITIVE_INFINITY) < (unit.inactiveEnterMs ?? 0));
  const last = input.checks.get(state.id)?.last;
  // What systemd said long before a single blip does not vouch for it.
  const isSilent = last?.ok === false && freshLook(input.look, last.atMs) !== undefined;
  if (!isOld && !isSilent) return reading;
  return {
    ...{ conduct: 'silent', word: 'stopped', note: '', explainable: true, brokenLinks: [] },
    state: { ...state, verdict: 'failing', reason: 'its unit is down' },
  };
};
