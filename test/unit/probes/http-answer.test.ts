import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODY_KEPT_CHARS, readReply, scalarFields } from '../../../src/probes/http-answer.ts';
import { jsonSpec, textSpec } from './target.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reply = (body: string, over = {}) => ({ status: 200, statusText: 'OK', body: bytes(body), ...over });
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u;

describe('scalarFields', () => {
  it('keeps the top-level scalars and drops the rest', () => {
    expect(scalarFields(JSON.parse('{"a":1,"b":"x","c":true,"d":null,"e":{},"f":[1],"g":1e999}'))).toEqual({
      a: 1,
      b: 'x',
      c: true,
      d: null,
      g: 'Infinity',
    });
  });

  it('takes __proto__ and constructor for names like any other', () => {
    const fields = scalarFields(JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'));
    expect(Object.entries(fields)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(({} as Record<string, unknown>).p).toBeUndefined();
  });

  it('keeps the fields that the check names before any others', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index]));
    const fields = scalarFields({ ...many, status: 'healthy' }, ['status', 'absent']);
    expect(Object.keys(fields)).toHaveLength(32);
    expect(fields.status).toBe('healthy');
    expect(Object.hasOwn(fields, 'absent')).toBe(false);
  });

  it('is bounded and harmless for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        const fields = scalarFields(value);
        expect(Object.keys(fields).length).toBeLessThanOrEqual(32);
        for (const [name, field] of Object.entries(fields)) {
          expect(name).not.toMatch(CONTROL);
          expect(name.length).toBeLessThanOrEqual(64);
          if (typeof field === 'string') {
            expect(field).not.toMatch(CONTROL);
            expect(field.length).toBeLessThanOrEqual(200);
          } else expect(JSON.parse(JSON.stringify(field))).toEqual(Object.is(field, -0) ? 0 : field);
        }
      }),
    );
  });
});

describe('readReply', () => {
  it('says which status was expected when it is not 200', () => {
    expect(readReply(jsonSpec({ status: 204 }), reply('')).failure?.detail).toBe('200 OK, expected 204');
    expect(readReply(jsonSpec({ status: 503 }), reply('{}', { status: 503 })).failure).toBeUndefined();
  });

  it('lets a wrong status win over a broken body, and a broken body over its contents', () => {
    const broken = { kind: 'timeout', detail: 'unfinished' } as const;
    expect(readReply(jsonSpec(), reply('{', { status: 503, broken })).failure?.kind).toBe('status');
    expect(readReply(jsonSpec(), reply('{"status":"healthy"}', { broken })).failure).toEqual(broken);
  });

  it('marks the cut of a long body', () => {
    const { answer } = readReply(textSpec(), reply('x'.repeat(5000)));
    expect(answer.body).toHaveLength(BODY_KEPT_CHARS);
    expect(answer.body.endsWith('…')).toBe(true);
  });

  it('accepts a byte order mark and "identity"', () => {
    expect(
      readReply(jsonSpec(), reply('\ufeff{"a":1}', { contentEncoding: 'identity' })).failure,
    ).toBeUndefined();
  });

  it('passes exactly what the check expects, and never throws', () => {
    const spec = jsonSpec();
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytes)),
        fc.integer({ min: 200, max: 599 }),
        fc.string({ unit: 'binary' }),
        (body, status, text) => {
          const { answer, failure } = readReply(spec, { status, statusText: text, location: text, body });
          expect(answer.body).not.toMatch(CONTROL);
          if (failure === undefined) {
            expect(status).toBe(200);
            expect(answer.json).toBeDefined();
          } else expect(failure.detail).not.toMatch(CONTROL);
        },
      ),
    );
  });
});
