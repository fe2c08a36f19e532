/** The first-boot steps of a node that failed, were left behind or are held, and what that means for their service. */
import { hasRun } from './first-boot/entries.ts';
import { plural } from './format.ts';
import type { StepState } from './model/cluster.ts';
import type { NodeUnits, UnitFacts } from './model/observation.ts';
import type { Service, Step, Topology } from './model/topology.ts';
import { loadFault } from './unit-notes.ts';
import { isBootOver, isIdle, standingOf, unitIn } from './unit-standing.ts';
import { isFailing, resultWords } from './unit-verdict.ts';

type Found = Pick<StepState, 'state' | 'reason' | 'by'>;

const failedWords = (unit: UnitFacts): string => {
  const tries = (unit.restarts ?? 0) + 1;
  const says = unit.active === 'failed' ? 'failed' : 'fails';
  return [says, resultWords(unit), tries > 1 ? plural(tries, 'try', 'tries') : '']
    .filter((part) => part !== '')
    .join(', ');
};

const judgeStep = (step: Step, unit: UnitFacts, look: NodeUnits): Found | undefined => {
  // Steps are taken off a node that has no more use for them.
  if (unit.load === 'not-found' || unit.load === 'masked') return undefined;
  const fault = loadFault(unit);
  if (fault !== undefined) return { state: 'failed', reason: `${fault.words}: ${fault.remedy}` };
  if (isFailing(unit)) return { state: 'failed', reason: failedWords(unit) };
  if (!isIdle(unit) || unit.unitFile === 'disabled') return undefined;
  // One that does not stay active is down because it is done.
  if (!step.remainAfterExit && hasRun(unit)) return undefined;
  // A condition of its own that was not met: nothing was to do.
  if (unit.result === 'exec-condition') return undefined;
  const standing = standingOf(unit, step.requires, look);
  switch (standing.kind) {
    case 'held':
      return { state: 'held', reason: 'stopped', by: standing.by };
    case 'left-behind':
      return isBootOver(look)
        ? { state: 'left-behind', reason: 'left behind', by: standing.after }
        : undefined;
    case 'stopped':
    case 'never':
      return undefined;
    default: {
      const never: never = standing;
      return never;
    }
  }
};

/** The steps of one node that are not as they should be, in their order. `before`: the same in the judgement before. */
export const stepsOf = (
  topology: Topology,
  look: NodeUnits | undefined,
  before: readonly StepState[],
  nowMs: number,
): readonly StepState[] =>
  look === undefined
    ? []
    : topology.firstBoot.steps.flatMap((step): StepState[] => {
        const unit = unitIn(look, step.unit);
        const found = unit === undefined ? undefined : judgeStep(step, unit, look);
        if (found === undefined) return [];
        const known = before.find((other) => other.unit === step.unit && other.state === found.state);
        return [
          {
            name: step.name,
            unit: step.unit,
            ...(step.service === undefined ? {} : { service: step.service }),
            ...found,
            sinceMs: known?.sinceMs ?? nowMs,
          },
        ];
      });

/** It is wrong by itself, not behind something else. */
export const isStepCause = ({ state }: StepState): boolean => state !== 'held';

/** The first step of a service that is wrong by itself. */
export const faultyStep = (steps: readonly StepState[], service: string): StepState | undefined =>
  steps.find((step) => step.service === service && isStepCause(step));

/** The first step of a service that another step holds. Behind a unit that is merely down, it has run before. */
export const heldStep = (steps: readonly StepState[], service: string): StepState | undefined =>
  steps.find(
    (step) =>
      step.service === service && step.state === 'held' && steps.some((other) => other.unit === step.by),
  );

/** What a member without its step is: "not joined", or "not set up" where there is no group to join. */
export const unmetWords = (service: Service): { readonly word: string; readonly words: string } =>
  service.quorum === undefined
    ? { word: 'no setup', words: 'not set up' }
    : { word: 'no join', words: 'not joined' };
