/** Reads an HTTP reply: is it what the check expects, and what of it is kept. Pure. */
import type { Answer, JsonScalar } from '../core/model/observation.ts';
import type { CheckSpec } from '../core/model/topology.ts';
import { sanitiseBlock, sanitiseLine } from '../core/sanitise.ts';
import { type ProbeFailure, probeFailure } from './failure.ts';

/** An import of it would read all that it exports, WebSocket too, and with that load the undici in Node beside ours. */
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** How much of a body is kept, in characters. */
export const BODY_KEPT_CHARS = 2048;
const FIELDS_KEPT = 32;
const FIELD_CHARS = 200;
const NAME_CHARS = 64;
const EXCERPT_CHARS = 60;

export type HttpSpec = Extract<CheckSpec, { kind: 'https-json' | 'https-text' }>;
export type HttpAnswer = Extract<Answer, { kind: 'http' }>;

/** What came, as it came: nothing in it is trusted. */
export type HttpReply = {
  readonly status: number;
  readonly statusText: string;
  readonly location?: string;
  readonly contentEncoding?: string;
  readonly body: Uint8Array;
  /** Why the body is not whole; absent when it is. */
  readonly broken?: ProbeFailure;
};

const lenient = new TextDecoder('utf-8');
const strict = new TextDecoder('utf-8', { fatal: true });

const decodeStrictly = (body: Uint8Array): string | undefined => {
  try {
    return strict.decode(body);
  } catch {
    return undefined;
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scalar = (value: unknown): JsonScalar | undefined => {
  if (typeof value === 'string') return sanitiseLine(value, FIELD_CHARS);
  // 1e999 parses to Infinity, which JSON could not say again.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' || value === null ? value : undefined;
};

/** The top-level scalars of a JSON object: those that the check names first, then the others, at most 32. */
export const scalarFields = (
  value: Record<string, unknown>,
  wanted: readonly string[] = [],
): Readonly<Record<string, JsonScalar>> => {
  // Without a prototype, a field called __proto__ is a field like any other.
  const fields: Record<string, JsonScalar> = Object.create(null);
  let kept = 0;
  for (const name of [...wanted.filter((one) => Object.hasOwn(value, one)), ...Object.keys(value)]) {
    if (kept === FIELDS_KEPT) break;
    const safeName = sanitiseLine(name, NAME_CHARS);
    const field = scalar(value[name]);
    if (field === undefined || Object.hasOwn(fields, safeName)) continue;
    fields[safeName] = field;
    kept += 1;
  }
  return fields;
};

const statusWords = (spec: HttpSpec, reply: HttpReply): string => {
  const reason = STATUS_CODES[reply.status] ?? sanitiseLine(reply.statusText, EXCERPT_CHARS);
  const moved = reply.status >= 300 && reply.status < 400 && reply.location;
  return [
    `${reply.status} ${reason}`.trim(),
    ...(moved ? [`redirects to ${sanitiseLine(moved, FIELD_CHARS / 2)}`] : []),
    ...(spec.status === 200 ? [] : [`expected ${spec.status}`]),
  ].join(', ');
};

const excerpt = (text: string): string => sanitiseLine(text, EXCERPT_CHARS);

const bodyFailure = (spec: HttpSpec, text: string | undefined, value: unknown): ProbeFailure | undefined => {
  if (text === undefined) return probeFailure('body', 'not valid UTF-8');
  if (text.trim() === '') return probeFailure('body', 'empty body');
  switch (spec.kind) {
    case 'https-text':
      return text.trim() === spec.text
        ? undefined
        : probeFailure('body', `expected "${spec.text}", got "${excerpt(text)}"`);
    case 'https-json':
      if (value === undefined) return probeFailure('body', `not JSON: ${excerpt(text)}`);
      return isObject(value) ? undefined : probeFailure('body', `JSON, but not an object: ${excerpt(text)}`);
    default: {
      const never: never = spec;
      return never;
    }
  }
};

/** Gives the answer to keep and, when it is not the expected one, why. */
export const readReply = (
  spec: HttpSpec,
  reply: HttpReply,
): { readonly answer: HttpAnswer; readonly failure?: ProbeFailure } => {
  const encoding = reply.contentEncoding?.trim().toLowerCase();
  const compressed = encoding !== undefined && encoding !== '' && encoding !== 'identity';
  const text = compressed ? '' : decodeStrictly(reply.body);
  const value = text === undefined ? undefined : parse(text);
  const wanted = spec.kind === 'https-json' ? spec.fields.map(({ name }) => name) : [];
  const answer: HttpAnswer = {
    kind: 'http',
    status: reply.status,
    body: sanitiseBlock(text ?? lenient.decode(reply.body), BODY_KEPT_CHARS),
    ...(isObject(value) && { json: scalarFields(value, wanted) }),
  };
  const failure =
    // A wrong status says more than whatever became of the body behind it.
    reply.status !== spec.status
      ? probeFailure('status', statusWords(spec, reply))
      : (reply.broken ??
        (compressed
          ? probeFailure('body', `compressed with ${excerpt(encoding)}, which was not asked for`)
          : bodyFailure(spec, text, value)));
  return failure === undefined ? { answer } : { answer, failure };
};
