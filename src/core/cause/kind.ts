/** What is wrong with an instance that fails by itself: the kind of its cause, and the words for it. */
import { certificateKey } from '../certificate.ts';
import type { CauseKind } from '../model/cause.ts';
import type { ClusterFacts, InstanceState } from '../model/cluster.ts';
import type { ProbeFailureKind } from '../model/observation.ts';
import { loadFault } from '../unit-notes.ts';
import { isIdle } from '../unit-standing.ts';
import { causeWords, isFailing } from '../unit-verdict.ts';

export type TlsFailure = Extract<ProbeFailureKind, `tls-${string}`>;

const isTls = (kind: ProbeFailureKind | undefined): kind is TlsFailure => kind?.startsWith('tls-') === true;

type TlsFault = { readonly tls: TlsFailure; readonly certificate?: string };

/** Its certificate is all that is wrong with it; undefined when something else is, too. */
const tlsFault = (instance: InstanceState, facts: ClusterFacts): TlsFault | undefined => {
  let found: TlsFault | undefined;
  for (const { id, verdict } of instance.checks) {
    if (verdict !== 'failing' && verdict !== 'degraded') continue;
    const last = facts.checks.get(id)?.last;
    const kind = last === undefined || last.ok ? undefined : last.failure.kind;
    if (!isTls(kind)) return undefined;
    const certificate = last?.certificate && certificateKey(last.certificate);
    found ??= { tls: kind, ...(certificate === undefined ? {} : { certificate }) };
  }
  return found;
};

const fromUnit = ({ verdict, unit }: InstanceState): CauseKind | undefined => {
  if (verdict !== 'down' || unit === undefined) return undefined;
  if (loadFault(unit) !== undefined) return 'no-unit';
  if (isFailing(unit)) return 'failed';
  return unit.active === 'deactivating' || isIdle(unit) ? 'stopped' : undefined;
};

/** `certificate`: which one it is, where that is what is wrong and it is known. */
export type Fault = {
  readonly kind: CauseKind;
  readonly why: string;
  readonly tls?: TlsFailure;
  readonly certificate?: string;
};

/** Why an instance fails that nothing else explains. */
export const faultOf = (instance: InstanceState, facts: ClusterFacts): Fault => {
  switch (instance.verdict) {
    case 'late':
      return { kind: 'late', why: 'takes longer than twice its start time' };
    case 'starting':
      return { kind: 'starting', why: 'still starting' };
    default:
      break;
  }
  const kind = fromUnit(instance);
  const why = causeWords(instance);
  if (kind !== undefined) return { kind, why };
  const tls = tlsFault(instance, facts);
  if (tls !== undefined) return { kind: 'certificate', why, ...tls };
  return { kind: why === 'slow' ? 'slow' : 'unhealthy', why };
};

/** The same words for those that fail alike: numbers move from look to look. */
export const alike = (why: string): string => why.replaceAll(/\d+/gu, '#');
