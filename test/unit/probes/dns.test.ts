import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { readDnsAnswer } from '../../../src/probes/dns.ts';
import { createProber } from '../../../src/probes/prober.ts';
import { createServers } from '../../helpers/servers.ts';
import { dnsSpec, target } from './target.ts';

const servers = createServers();
const proberWith = (timeoutMs = 5000) =>
  createProber({ tls: { insecure: false }, timeoutMs, clock: systemClock, random: Math.random });
const look = (to: CheckTarget, timeoutMs?: number): Promise<ProbeResult> =>
  proberWith(timeoutMs).probe(to, new AbortController().signal);
const failureOf = (result: ProbeResult): string =>
  result.ok ? 'none' : `${result.failure.kind}: ${result.failure.detail}`;

const a = (data: string, name = 'health.local'): Answer => ({ type: 'A', name, ttl: 1, data });
/** The answer to a query, with the rcode in the low bits of the flags. */
const answerTo = (query: Buffer, answers: Answer[], over: Partial<Packet> = {}): Buffer => {
  const { id, questions } = decode(query);
  return encode({ type: 'response', id: id ?? 0, questions: questions ?? [], answers, ...over });
};
const serve = async (respond: (query: Buffer) => readonly Buffer[], host?: string): Promise<number> => {
  const { port } = await servers.udp((query, reply) => {
    for (const answer of respond(query)) reply(answer);
  }, host);
  return port;
};

afterEach(() => servers.closeAll());

describe('the DNS probe', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('finds the address when it asks %s', async (host) => {
    const ids = new Set<number | undefined>();
    const port = await serve(
      (query) => {
        const { id, questions } = decode(query);
        ids.add(id);
        expect(questions).toEqual([{ type: 'A', class: 'IN', name: 'health.local' }]);
        return [
          answerTo(query, [
            { type: 'CNAME', name: 'health.local', data: 'h.local' },
            a('10.0.0.1'),
            a('127.0.0.1'),
          ]),
        ];
      },
      host === '::1' ? host : '127.0.0.1',
    );
    const result = await look(target(port, dnsSpec(), { host }));
    expect(result).toMatchObject({
      ok: true,
      answer: { kind: 'dns', rcode: 'NOERROR', addresses: ['10.0.0.1', '127.0.0.1'] },
    });
    expect(result.phases.firstByteMs).toBeGreaterThanOrEqual(0);
    expect(result.phases.dnsMs === undefined).toBe(host !== 'localhost');
    for (let i = 0; i < 5; i += 1) await look(target(port, dnsSpec(), { host }));
    expect(ids.size).toBeGreaterThan(2);
  });

  it('matches names whatever their case, and the final dot', async () => {
    const port = await serve((query) => [
      answerTo(query, [a('127.0.0.1')], { questions: [{ type: 'A', name: 'HEALTH.Local' }] }),
    ]);
    expect(failureOf(await look(target(port, dnsSpec({ query: 'health.local.' }))))).toBe('none');
  });

  it.each([
    [1, 'FORMERR'],
    [2, 'SERVFAIL'],
    [3, 'NXDOMAIN'],
    [5, 'REFUSED'],
    [11, 'RCODE_11'],
  ])('names rcode %i %s', async (rcode, name) => {
    const port = await serve((query) => [answerTo(query, [], { flags: rcode })]);
    const result = await look(target(port, dnsSpec()));
    expect(failureOf(result)).toBe(`status: ${name}`);
    expect(result.answer).toEqual({ kind: 'dns', rcode: name, addresses: [] });
    const bare = await serve((query) => [answerTo(query, [], { flags: rcode, questions: [] })]);
    expect(failureOf(await look(target(bare, dnsSpec())))).toBe(`status: ${name}`);
  });

  it('names the address that came instead', async () => {
    const wrong = await serve((query) => [answerTo(query, [a('10.0.0.9'), a('10.0.0.8')])]);
    expect(failureOf(await look(target(wrong, dnsSpec())))).toBe(
      'body: health.local is 10.0.0.9, 10.0.0.8, expected 127.0.0.1',
    );
    const none = await serve((query) => [
      answerTo(query, [{ type: 'TXT', name: 'health.local', data: 'hi' }]),
    ]);
    expect(failureOf(await look(target(none, dnsSpec())))).toBe(
      'body: health.local is no address, expected 127.0.0.1',
    );
    const alias = await serve((query) => [
      answerTo(query, [{ type: 'CNAME', name: 'health.local', data: 'h.\u001b[2Jlocal' }]),
    ]);
    expect(failureOf(await look(target(alias, dnsSpec())))).toBe(
      'body: health.local is an alias without an address, h.·local, expected 127.0.0.1',
    );
    const cut = await serve((query) => [answerTo(query, [], { flags: TRUNCATED_RESPONSE })]);
    expect(failureOf(await look(target(cut, dnsSpec())))).toBe(
      'body: health.local is no address, expected 127.0.0.1 (truncated answer)',
    );
  });

  it('waits for its own answer among those to other questions', async () => {
    const port = await serve((query) => {
      const id = decode(query).id ?? 0;
      return [
        answerTo(query, [a('6.6.6.6')], { id: id ^ 1 }),
        answerTo(query, [a('6.6.6.6')], { questions: [{ type: 'A', name: 'other.local' }] }),
        answerTo(query, [a('6.6.6.6')], { questions: [{ type: 'AAAA', name: 'health.local' }] }),
        answerTo(query, [a('6.6.6.6')], { questions: [] }),
        Buffer.from('x'),
        answerTo(query, [a('127.0.0.1')]),
      ];
    });
    expect(failureOf(await look(target(port, dnsSpec())))).toBe('none');
  });

  it('calls a server that only answers other questions by its fault', async () => {
    const port = await serve((query) => [
      answerTo(query, [a('127.0.0.1')], { id: ((decode(query).id ?? 0) + 1) & 0xffff }),
      Buffer.from('not DNS at all'),
    ]);
    expect(failureOf(await look(target(port, dnsSpec()), 300))).toBe(
      'protocol: 2 answers, none to the question asked',
    );
  });

  it.each([1, 2, 3])('makes no address of one that was cut %i bytes before its end', async (missing) => {
    const port = await serve((query) => [answerTo(query, [a('127.0.0.1')]).subarray(0, -missing)]);
    expect(failureOf(await look(target(port, dnsSpec())))).toBe(
      `protocol: an answer cut short after ${58 - missing} bytes`,
    );
  });

  it('calls garbage under the right id garbage, and an echo an echo', async () => {
    const garbage = await serve((query) => [Buffer.concat([query.subarray(0, 2), Buffer.alloc(40, 0xff)])]);
    expect(failureOf(await look(target(garbage, dnsSpec())))).toBe('protocol: 42 bytes that are not DNS');
    const echo = await serve((query) => [query]);
    expect(failureOf(await look(target(echo, dnsSpec())))).toBe(
      'protocol: the question itself came back, not an answer',
    );
  });

  it('is refused where nothing listens, without waiting for the deadline', async () => {
    const port = await servers.closedPort();
    expect(failureOf(await look(target(port, dnsSpec()), 600_000))).toMatch(/^refused: .*ECONNREFUSED/);
  });

  it('names why there is no way to the address', async () => {
    // Broadcasting is not asked for, so Linux does not even connect; elsewhere there is no route.
    const result = await look(target(53, dnsSpec(), { host: '255.255.255.255' }), 600_000);
    expect(failureOf(result)).toMatch(/^(?:\w+): .*(?:EACCES|ENETUNREACH|EHOSTUNREACH)/);
  });

  it('gives up on silence, and at once when stopped', async () => {
    const controller = new AbortController();
    const { port } = await servers.udp(() => controller.abort());
    expect(failureOf(await look(target(port, dnsSpec()), 300))).toBe('timeout: no answer within 300 ms');
    const own = await look(target(port, dnsSpec({ timeoutMs: 250 })), 600_000);
    expect(failureOf(own)).toBe('timeout: no answer within 250 ms');
    const fresh = new AbortController();
    const other = await servers.udp(() => fresh.abort());
    const stopped = await proberWith(600_000).probe(target(other.port, dnsSpec()), fresh.signal);
    expect(failureOf(stopped)).toBe('timeout: stopped before it was answered');
  });

  it('says when the host or the question cannot even be asked for', async () => {
    expect(failureOf(await look(target(53, dnsSpec(), { host: 'no-such-host.invalid' })))).toMatch(/^dns: /);
    const port = await serve(() => []);
    expect((await look(target(port, dnsSpec({ query: 'x'.repeat(600) })), 300)).ok).toBe(false);
  });
});

describe('readDnsAnswer', () => {
  it('survives any bytes, and takes none of them for the expected address by chance', () => {
    const spec = dnsSpec();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, ours) => {
        const message = Buffer.from(bytes);
        if (ours && message.length > 1) message.writeUInt16BE(7, 0);
        const reading = readDnsAnswer(message, 7, spec);
        if (reading !== undefined) expect(reading.failure).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('survives any damage to a good answer', () => {
    const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'health.local' }] });
    const good = answerTo(query, [a('127.0.0.1')]);
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(good.length),
        (at, byte, length) => {
          const message = Buffer.from(good);
          message[at] = byte;
          const reading = readDnsAnswer(message.subarray(0, length), 7, dnsSpec());
          if (reading !== undefined) expect(reading.answer ?? reading.failure).toBeDefined();
        },
      ),
      { numRuns: 2000 },
    );
  });
});
