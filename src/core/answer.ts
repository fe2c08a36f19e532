/** What an answer says about the one who gave it: the fields of a health body read against the topology. */
import type { InstanceState } from './model/cluster.ts';
import type { JsonScalar, ProbeFailureKind, ProbeResult } from './model/observation.ts';
import type { BodyField, CheckSpec, ServiceName } from './model/topology.ts';

type Failure = Extract<ProbeResult, { readonly ok: false }>['failure'];
export type RaftRole = NonNullable<InstanceState['raft']>;

export type Reading = {
  /** What is wrong, in words for a row; empty when nothing is. */
  readonly flaw: string;
  /** The same in at most 9 characters. */
  readonly word: string;
  /** Worth saying though nothing is wrong: "no status field". */
  readonly note: string;
  readonly brokenLinks: readonly ServiceName[];
  readonly raft?: RaftRole;
  readonly clusterSize?: number;
};

const WORD_CHARS = 9;
const FLAW_CHARS = 60;

/** Cuts to the width of a cell; the cut shows as a full stop. */
export const toWord = (text: string): string =>
  text.length <= WORD_CHARS ? text : `${text.slice(0, WORD_CHARS - 1)}.`;

const toLine = (text: string): string =>
  text.length <= FLAW_CHARS ? text : `${text.slice(0, FLAW_CHARS - 1)}…`;

/** It answered, but not what was asked for; every other kind of failure counts towards down. */
export const isAnswer = (kind: ProbeFailureKind | undefined): boolean => kind === 'status' || kind === 'body';

/** Nobody was there to answer; the remaining kinds have a cause of their own, a certificate or a broken server. */
export const isSilence = (kind: ProbeFailureKind): boolean =>
  kind === 'timeout' || kind === 'refused' || kind === 'unreachable' || kind === 'dns';

const SILENCE: Readonly<Record<ProbeFailureKind, readonly [flaw: string, word: string]>> = {
  timeout: ['timeout', 'timeout'],
  refused: ['refused', 'refused'],
  unreachable: ['no route', 'no route'],
  dns: ['name not found', 'no name'],
  'tls-expired': ['certificate expired', 'cert'],
  'tls-untrusted': ['certificate not trusted', 'cert'],
  'tls-name': ['certificate has another name', 'cert'],
  status: ['wrong answer', 'bad reply'],
  body: ['wrong answer', 'bad reply'],
  protocol: ['not a proper answer', 'bad reply'],
  'too-large': ['answer too large', 'too large'],
};

/** The words for a look that brought no answer; what broke the protocol is told by the probe. */
export const silenceWords = (failure: Failure): { readonly flaw: string; readonly word: string } => {
  const [flaw, word] = SILENCE[failure.kind];
  return { flaw: failure.kind === 'protocol' && failure.detail !== '' ? toLine(failure.detail) : flaw, word };
};

const ROLES: readonly string[] = ['leader', 'follower', 'candidate'] satisfies readonly RaftRole[];
const isRole = (value: string): value is RaftRole => ROLES.includes(value);

const isExpected = (field: BodyField, value: JsonScalar): boolean =>
  field.equals !== undefined
    ? String(value) === field.equals
    : field.oneOf === undefined || field.oneOf.includes(String(value));

type Flaws = { readonly flaw: string; readonly word: string }[];

const readFields = (
  fields: readonly BodyField[],
  json: Readonly<Record<string, JsonScalar>>,
): Omit<Reading, 'flaw' | 'word'> & { readonly flaws: Flaws } => {
  const flaws: Flaws = [];
  const brokenLinks: ServiceName[] = [];
  let note = '';
  let raft: RaftRole | undefined;
  let clusterSize: number | undefined;
  let statusFlaw: Flaws[number] | undefined;

  for (const field of fields) {
    const value = Object.hasOwn(json, field.name) ? json[field.name] : undefined;
    switch (field.role) {
      case 'status':
        // An answer without the field proves that the service runs: said, but not held against it.
        if (value === undefined) note = `no ${field.name} field`;
        else if (!isExpected(field, value)) {
          statusFlaw = { flaw: `says ${String(value)}`, word: toWord(String(value)) };
        }
        break;
      case 'link':
        if (value === undefined || isExpected(field, value)) break;
        flaws.push({ flaw: `${field.name} ${String(value)}`, word: toWord(field.name) });
        if (field.service !== undefined) brokenLinks.push(field.service);
        break;
      case 'raft': {
        const role = value === undefined ? undefined : String(value);
        if (role === undefined) flaws.push({ flaw: `no ${field.name} field`, word: 'no raft' });
        else if (role === 'candidate') {
          const term = Object.hasOwn(json, 'term') ? json.term : undefined;
          flaws.unshift({
            flaw: typeof term === 'number' ? `no leader, term ${term}` : 'no leader',
            word: 'candid.',
          });
        } else if (!isRole(role)) flaws.push({ flaw: `${field.name} ${role}`, word: toWord(role) });
        if (role !== undefined && isRole(role)) raft = role;
        break;
      }
      case 'cluster-size':
        if (typeof value === 'number') clusterSize = value;
        break;
      case 'info':
        break;
      default: {
        const never: never = field.role;
        return never;
      }
    }
  }
  // "degraded" adds nothing to "no leader" or "database disconnected"; alone it is all there is to say.
  if (statusFlaw !== undefined && flaws.length === 0) flaws.push(statusFlaw);
  return {
    flaws,
    note,
    brokenLinks,
    ...(raft === undefined ? {} : { raft }),
    ...(clusterSize === undefined ? {} : { clusterSize }),
  };
};

const NOTHING = { note: '', brokenLinks: [] } as const;

/**
 * Reads a look that brought an answer, expected or not. A 503 with a JSON body is read like a 200: the body says why.
 */
export const readAnswer = (spec: CheckSpec, result: ProbeResult): Reading => {
  const { answer } = result;
  const json = spec.kind === 'https-json' && answer?.kind === 'http' ? answer.json : undefined;
  const { flaws, ...rest } =
    spec.kind === 'https-json' && json !== undefined
      ? readFields(spec.fields, json)
      : { flaws: [], ...NOTHING };

  const said = flaws.map((flaw) => flaw.flaw).join(', ');
  if (result.ok) return { ...rest, flaw: toLine(said), word: flaws[0]?.word ?? '' };

  const code =
    result.failure.kind === 'status' && answer?.kind === 'http' ? String(answer.status) : undefined;
  if (code === undefined) {
    return {
      ...rest,
      flaw: toLine(result.failure.detail || silenceWords(result.failure).flaw),
      word: answer?.kind === 'dns' ? toWord(answer.rcode) : silenceWords(result.failure).word,
    };
  }
  return {
    ...rest,
    flaw: toLine(said === '' ? result.failure.detail || code : `${code} ${said}`),
    word: rest.raft === 'candidate' ? 'candid.' : toWord(code),
  };
};
