import { X509Certificate } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { BODY_KEPT_CHARS } from '../../../src/probes/http-answer.ts';
import { createProber, type Prober, type ProberOptions } from '../../../src/probes/prober.ts';
import { createServers } from '../../helpers/servers.ts';
import { createTestCa, type Issued, type TestCa } from '../../helpers/tls.ts';
import { jsonSpec, target, textSpec } from './target.ts';

const servers = createServers();
const probers: Prober[] = [];
let ca: TestCa;
let good: Issued;
let http: Prober;

const proberWith = (options: Partial<ProberOptions> = {}): Prober => {
  const prober = createProber({
    tls: { ca: ca.cert, insecure: false },
    timeoutMs: 5000,
    clock: systemClock,
    random: () => 0.5,
    ...options,
  });
  probers.push(prober);
  return prober;
};
const never = new AbortController().signal;
const look = (to: CheckTarget, prober = http): Promise<ProbeResult> => prober.probe(to, never);
const failureOf = (result: ProbeResult): string =>
  result.ok ? 'none' : `${result.failure.kind}: ${result.failure.detail}`;
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};
const healthy = '{"status":"healthy"}';

beforeAll(async () => {
  ca = await createTestCa();
  good = await ca.issue();
  http = proberWith();
});
afterEach(() => servers.closeAll());
afterAll(async () => {
  await Promise.all(probers.map((prober) => prober.close()));
});

describe('a healthy endpoint', () => {
  it('gives the answer, its fields, the phases and the certificate', async () => {
    const { port } = await servers.https(good, (request, response) => {
      response.end(
        request.url === '/health' ? '{"status":"healthy","raft":"leader","cluster_size":3}' : 'lost',
      );
    });
    const result = await look(target(port, jsonSpec()));
    expect(result).toMatchObject({
      ok: true,
      answer: { kind: 'http', status: 200, json: { status: 'healthy', raft: 'leader', cluster_size: 3 } },
      certificate: {
        subject: 'CN=localhost',
        issuer: 'CN=Test CA',
        names: ['localhost', '127.0.0.1', expect.any(String)],
        serial: expect.stringMatching(/^[0-9A-F]+$/u),
        fingerprint: new X509Certificate(good.cert).fingerprint256.replaceAll(':', ''),
      },
    });
    for (const phase of ['connectMs', 'tlsMs', 'firstByteMs', 'bodyMs', 'totalMs'] as const) {
      expect(result.phases[phase]).toBeGreaterThanOrEqual(0);
    }
    expect(result.certificate?.notAfterMs).toBeGreaterThan(Date.now());
    expect(result.insecure).toBeUndefined();
  });

  it('is reached by name, with the name looked up and sent as SNI', async () => {
    const names: (string | false | null)[] = [];
    const { port } = await servers.https(good, (request, response) => {
      names.push((request.socket as tls.TLSSocket).servername);
      response.end(healthy);
    });
    const result = await look(target(port, jsonSpec(), { host: 'localhost' }));
    expect(failureOf(result)).toBe('none');
    expect(result.phases.dnsMs).toBeGreaterThanOrEqual(0);
    expect(names).toEqual(['localhost']);
  });

  it('may be text, surrounding white space aside', async () => {
    const { port } = await servers.https(good, (_request, response) => response.end('ok\n'));
    expect(await look(target(port, textSpec()))).toMatchObject({
      ok: true,
      answer: { status: 200, body: 'ok\n' },
    });
    expect(failureOf(await look(target(port, textSpec({ text: 'fine' }))))).toBe(
      'body: expected "fine", got "ok"',
    );
  });

  it('asks for no compression and follows no redirect', async () => {
    const asked: string[] = [];
    const { port } = await servers.https(good, (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['accept-encoding'] ?? 'no encoding'}`);
      response.writeHead(302, { location: 'https://evil.example/%1b[31m' }).end();
    });
    const result = await look(target(port, jsonSpec()));
    expect(failureOf(result)).toBe('status: 302 Found, redirects to https://evil.example/%1b[31m');
    expect(asked).toEqual(['GET /health no encoding']);
  });
});

describe('connections', () => {
  it('are kept alive: many probes, one connection, certificate still known', async () => {
    const server = await servers.https(good, (_request, response) => response.end(healthy));
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    const first = await look(to, prober);
    const results = [];
    for (let i = 0; i < 10; i += 1) results.push(await look(to, prober));
    expect(server.accepted()).toBe(1);
    for (const result of results) {
      expect(result.ok).toBe(true);
      expect(result.phases.connectMs).toBeUndefined();
      expect(result.phases.tlsMs).toBeUndefined();
      expect(result.certificate).toEqual(first.certificate);
    }
  });

  it('are made anew, with a resumed session, where the server closes each; the name is still checked', async () => {
    const resumed: boolean[] = [];
    const server = await servers.https(good, (request, response) => {
      resumed.push((request.socket as tls.TLSSocket).isSessionReused());
      response.setHeader('connection', 'close').end(healthy);
    });
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    const first = await look(to, prober);
    const second = await look(to, prober);
    expect([first.ok, second.ok]).toEqual([true, true]);
    expect(resumed).toEqual([false, true]);
    expect(second.certificate).toEqual(first.certificate);
    expect(second.phases.tlsMs).toBeGreaterThanOrEqual(0);
    // Another name is another identity: the session does not vouch for it.
    expect(failureOf(await look({ ...to, serverName: 'node07' }, prober))).toMatch(/^tls-name:/);
    expect(resumed).toHaveLength(2);
  });

  it('that the server closed while idle are replaced without a failure', async () => {
    const server = await servers.https(good, (_request, response) => response.end(healthy));
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    await look(to, prober);
    server.cut();
    expect(failureOf(await look(to, prober))).toBe('none');
    expect(server.accepted()).toBe(2);
  });

  it('that die under a request are tried once more, because that is no fact about the node', async () => {
    let requests = 0;
    const server = await servers.https(good, (request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else response.end(healthy);
    });
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    await look(to, prober);
    expect(failureOf(await look(to, prober))).toBe('none');
    expect([requests, server.accepted()]).toEqual([3, 2]);
  });

  it('that die under the first request are a failure', async () => {
    let requests = 0;
    const server = await servers.https(good, (request) => {
      requests += 1;
      request.socket.destroy();
    });
    const result = await look(target(server.port, jsonSpec()));
    expect(failureOf(result)).toBe('protocol: connection reset or closed without an answer');
    expect(requests).toBe(1);
  });

  it('are renewed after ten minutes, with a full handshake', async () => {
    let aheadMs = 0;
    const clock: Clock = {
      now: () => systemClock.now() + aheadMs,
      monotonic: () => systemClock.monotonic() + aheadMs,
    };
    const resumed: boolean[] = [];
    const server = await servers.https(good, (request, response) => {
      resumed.push((request.socket as tls.TLSSocket).isSessionReused());
      response.end(healthy);
    });
    const to = target(server.port, jsonSpec());
    const prober = proberWith({ clock });
    await look(to, prober);
    aheadMs = 599_000;
    await look(to, prober);
    expect(server.accepted()).toBe(1);
    aheadMs = 601_000;
    expect(failureOf(await look(to, prober))).toBe('none');
    expect(server.accepted()).toBe(2);
    expect(resumed).toEqual([false, false, false]);
  });

  it('are not trusted beyond the life of the certificate', async () => {
    const endsAtMs = Math.ceil(Date.now() / 1000) * 1000 + 3000;
    const server = await servers.https(
      await ca.issue({ notAfter: new Date(endsAtMs) }),
      (_request, response) => response.end(healthy),
    );
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    expect(failureOf(await look(to, prober))).toBe('none');
    while (Date.now() <= endsAtMs) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(failureOf(await look(to, prober))).toMatch(/^tls-expired: certificate expired on /);
    expect(server.accepted()).toBe(2);
  });

  it('of two probes of one target at once do not wait for each other', async () => {
    const held: (() => void)[] = [];
    const server = await servers.https(good, (_request, response) => {
      held.push(() => response.end(healthy));
    });
    const to = target(server.port, jsonSpec());
    const prober = proberWith();
    const both = [look(to, prober), look(to, prober)];
    await until(() => held.length === 2);
    for (const answer of held) answer();
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true]);
    expect(server.accepted()).toBe(2);
    // One of them is kept, the other is not.
    await until(() => server.open() === 1);
  });

  it('are all closed by close(), also the one of a probe in flight', async () => {
    let requests = 0;
    const server = await servers.https(good, (_request, response) => {
      requests += 1;
      if (requests < 3) response.end(healthy);
    });
    const prober = proberWith();
    await look(target(server.port, jsonSpec({ id: 'other' })), prober);
    await look(target(server.port, jsonSpec()), prober);
    const hanging = look(target(server.port, jsonSpec()), prober);
    await until(() => requests === 3);
    await prober.close();
    expect((await hanging).ok).toBe(false);
    await until(() => server.open() === 0);
    expect(server.accepted()).toBe(2);
  });
});

describe('an answer that is not healthy', () => {
  const answers = async (
    status: number,
    body: string | Buffer,
    headers: Record<string, string> = {},
    spec = jsonSpec(),
  ): Promise<ProbeResult> => {
    const { port } = await servers.https(good, (_request, response) =>
      response.writeHead(status, headers).end(body),
    );
    return look(target(port, spec));
  };

  it('keeps the body and fields of a 503', async () => {
    const result = await answers(
      503,
      '{"status":"unhealthy","raft":"candidate","nested":{"a":1},"list":[1]}',
    );
    expect(failureOf(result)).toBe('status: 503 Service Unavailable');
    expect(result.answer).toMatchObject({ status: 503, json: { status: 'unhealthy', raft: 'candidate' } });
    expect(Object.keys((result.answer as { json: object }).json)).toEqual(['status', 'raft']);
  });

  it.each([
    ['', 'body: empty body'],
    ['  \n', 'body: empty body'],
    ['<html>nginx</html>', 'body: not JSON: <html>nginx</html>'],
    ['{"status":"hea', 'body: not JSON: {"status":"hea'],
    ['[1,2]', 'body: JSON, but not an object: [1,2]'],
    ['null', 'body: JSON, but not an object: null'],
    ['"healthy"', 'body: JSON, but not an object: "healthy"'],
  ])('calls %j by its fault', async (body, words) => {
    expect(failureOf(await answers(200, body))).toBe(words);
  });

  it('refuses bytes that are not UTF-8 and shows what it can of them', async () => {
    const result = await answers(200, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(failureOf(result)).toBe('body: not valid UTF-8');
    expect(result.answer).toMatchObject({ body: '{\ufffd\ufffd}' });
  });

  it('does not unpack what it did not ask to be packed', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000));
    const result = await answers(200, bomb, { 'content-encoding': 'gzip' });
    expect(failureOf(result)).toBe('body: compressed with gzip, which was not asked for');
    expect(result.answer).toMatchObject({ body: '' });
  });

  it('stops reading after 64 KiB', async () => {
    const result = await answers(200, Buffer.alloc(1_000_000, 'x'));
    expect(failureOf(result)).toBe('too-large: body larger than 64 KiB');
    expect(result.answer?.kind === 'http' && result.answer.body.length).toBe(BODY_KEPT_CHARS);
    const exactly = await answers(200, `{"a":"${'x'.repeat(65_536 - 8)}"}`);
    expect(failureOf(exactly)).toBe('none');
    // A wrong status says more than the size of its error page.
    expect(failureOf(await answers(500, Buffer.alloc(1_000_000, 'x')))).toBe(
      'status: 500 Internal Server Error',
    );
  });

  it('lets no escape code through, from body, status line or headers', async () => {
    const evil = '\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u202e\u0000';
    const raw = await servers.tls(good, (socket) => {
      socket.once('data', () => {
        const body = `${evil}{"a":"${evil}"}`;
        socket.end(
          `HTTP/1.1 399 ${'\u0080'}strange\r\nlocation: /${'\u009b'}31m\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
          'utf8',
        );
      });
    });
    const plain = await look(target(raw.port, jsonSpec()));
    const field = await answers(200, JSON.stringify({ [evil]: evil, status: `x${evil}y` }));
    for (const result of [plain, field]) {
      // JSON text escapes control characters itself, so look at the values.
      const texts: string[] = [];
      JSON.stringify(result, (key, value) => {
        texts.push(key);
        if (typeof value === 'string') texts.push(value);
        return value;
      });
      expect(texts.length).toBeGreaterThan(10);
      for (const text of texts)
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
    }
    expect(failureOf(plain)).toMatch(/^status: 399 .*strange, redirects to /);
  });

  it('says when the body was cut short', async () => {
    const { port } = await servers.tls(good, (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":'));
    });
    const result = await look(target(port, jsonSpec()));
    expect(failureOf(result)).toBe('body: cut short after 10 bytes');
    expect(result.answer).toMatchObject({ status: 200, body: '{"status":' });
    const chunked = await servers.tls(good, (socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
      );
    });
    expect(failureOf(await look(target(chunked.port, jsonSpec())))).toBe('body: cut short after 5 bytes');
  });

  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/1.1 two hundred\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('calls %j not HTTP', async (text) => {
    const { port } = await servers.tls(good, (socket) => socket.once('data', () => socket.write(text)));
    expect(failureOf(await look(target(port, jsonSpec())))).toMatch(/^protocol: .+/);
  });

  it('refuses a header without end', async () => {
    const { port } = await servers.tls(good, (socket) => {
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'y'.repeat(100_000)}\r\n`));
    });
    expect(failureOf(await look(target(port, jsonSpec())))).toBe('too-large: header larger than 16 KiB');
  });
});

describe('a node that does not get as far as an answer', () => {
  it('refuses', async () => {
    const port = await servers.closedPort();
    expect(failureOf(await look(target(port, jsonSpec())))).toBe(
      `refused: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it('has no address', async () => {
    const result = await look(target(1, jsonSpec(), { host: 'no-such-host.invalid' }));
    expect(failureOf(result)).toMatch(/^dns: getaddrinfo (ENOTFOUND|EAI_AGAIN) no-such-host\.invalid$/);
  });

  it('speaks no TLS', async () => {
    const { port } = await servers.tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    );
    expect(failureOf(await look(target(port, jsonSpec())))).toBe('protocol: answers, but not with TLS');
  });

  it('hangs up during the handshake', async () => {
    const { port } = await servers.tcp((socket) => socket.end());
    expect(failureOf(await look(target(port, jsonSpec())))).toMatch(/^protocol: /);
  });

  it('accepts and stays silent, before TLS, before the answer or in the middle of it', async () => {
    const prober = proberWith({ timeoutMs: 300 });
    const silent = await servers.tcp((socket) => socket.resume());
    const mute = await servers.https(good, () => {});
    const half = await servers.https(good, (_request, response) => response.write('{"status":'));
    expect(failureOf(await look(target(silent.port, jsonSpec()), prober))).toBe(
      'timeout: connected, but no TLS within 300 ms',
    );
    expect(failureOf(await look(target(mute.port, jsonSpec()), prober))).toBe(
      'timeout: no answer within 300 ms',
    );
    const halfway = await look(target(half.port, jsonSpec()), prober);
    expect(failureOf(halfway)).toBe('timeout: answer begun, but unfinished after 300 ms');
    expect(halfway.answer).toMatchObject({ status: 200, body: '{"status":' });
    // None of the three leaves a connection behind.
    await until(() => silent.open() + mute.open() + half.open() === 0);
  });

  it('has the time that its check has of its own', async () => {
    const mute = await servers.https(good, () => {});
    const prober = proberWith({ timeoutMs: 600_000 });
    expect(failureOf(await look(target(mute.port, jsonSpec({ timeoutMs: 250 })), prober))).toBe(
      'timeout: no answer within 250 ms',
    );
  });

  it('gains no time by trickling bytes', async () => {
    const timers: NodeJS.Timeout[] = [];
    const { port } = await servers.https(good, (_request, response) => {
      timers.push(setInterval(() => response.write(' '), 20));
    });
    const result = await look(target(port, jsonSpec()), proberWith({ timeoutMs: 400 }));
    for (const timer of timers) clearInterval(timer);
    expect(failureOf(result)).toBe('timeout: answer begun, but unfinished after 400 ms');
  });

  it('is left at once when the signal says so', async () => {
    let asked = false;
    const server = await servers.https(good, () => {
      asked = true;
    });
    const prober = proberWith({ timeoutMs: 600_000 });
    const controller = new AbortController();
    const result = prober.probe(target(server.port, jsonSpec()), controller.signal);
    await until(() => asked);
    controller.abort();
    expect(failureOf(await result)).toBe('timeout: stopped before it was answered');
    await until(() => server.open() === 0);
    const aborted = await prober.probe(target(server.port, jsonSpec()), controller.signal);
    expect(failureOf(aborted)).toBe('timeout: stopped before it was answered');
  });

  it('does not keep a target from being asked when its address or path is nonsense', async () => {
    expect((await look(target(1, jsonSpec(), { host: 'not a host' }))).ok).toBe(false);
    expect((await look(target(1, jsonSpec({ path: 'no slash' })))).ok).toBe(false);
  });
});

describe('trust', () => {
  const serving = async (certificate: Issued, options = {}): Promise<CheckTarget> => {
    const { port } = await servers.https({ ...certificate, ...options }, (_request, response) =>
      response.end(healthy),
    );
    return target(port, jsonSpec());
  };
  const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-02-03T00:00:00Z') };
  const future = { notBefore: new Date('2090-01-01T00:00:00Z'), notAfter: new Date('2091-01-01T00:00:00Z') };

  it('ends with the certificate, which is shown', async () => {
    const result = await look(await serving(await ca.issue(past)));
    expect(failureOf(result)).toBe('tls-expired: certificate expired on 2021-02-03');
    expect(result.certificate).toMatchObject({
      subject: 'CN=localhost',
      notAfterMs: past.notAfter.getTime(),
    });
    expect(result.answer).toBeUndefined();
    expect(result.phases.tlsMs).toBeGreaterThanOrEqual(0);
  });

  it('has not begun', async () => {
    expect(failureOf(await look(await serving(await ca.issue(future))))).toBe(
      'tls-expired: certificate is not valid before 2090-01-01',
    );
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is bound to the name, every time (%s)', async (version) => {
    const other = await ca.issue({ names: ['node07', '10.9.8.7', 'a.example', 'b.example'] });
    const to = await serving(other, { minVersion: version, maxVersion: version });
    const prober = proberWith();
    for (let i = 0; i < 3; i += 1) {
      const result = await look(to, prober);
      expect(failureOf(result)).toBe(
        'tls-name: certificate is for node07, 10.9.8.7, a.example and 1 more, not for 127.0.0.1',
      );
      expect(result.certificate?.subject).toBe('CN=node07');
    }
    expect(failureOf(await look({ ...to, serverName: 'node07' }, prober))).toBe('none');
    expect(failureOf(await look({ ...to, serverName: '10.9.8.7' }, prober))).toBe('none');
  });

  it('needs a known authority', async () => {
    const stranger = await createTestCa('Other CA');
    const result = await look(await serving(await stranger.issue()));
    expect(failureOf(result)).toBe('tls-untrusted: certificate of an unknown authority, issuer CN=Other CA');
    expect(result.certificate?.issuer).toBe('CN=Other CA');
    // Without a configured authority, Node's own are used.
    const own = proberWith({ tls: { insecure: false } });
    expect(failureOf(await look(await serving(good), own))).toMatch(/^tls-untrusted: /);
  });

  it('shows a hostile certificate harmlessly', async () => {
    const evil = await ca.issue({ subject: 'CN=\u001b]52;c;x\u0007evil', names: ['node07'] });
    const result = await look(await serving(evil));
    expect(failureOf(result)).toMatch(/^tls-name: /);
    expect(result.certificate?.subject).toMatch(/^CN=.*evil$/);
    expect(result.certificate?.subject).not.toMatch(/[\u0000-\u001f]/u);
  });

  it('can be waived aloud: the answer counts and is marked', async () => {
    const stranger = await createTestCa('Other CA');
    const lax = proberWith({ tls: { insecure: true } });
    for (const certificate of [
      await stranger.issue(),
      await ca.issue(past),
      await ca.issue({ names: ['x'] }),
    ]) {
      const result = await look(await serving(certificate), lax);
      expect(result).toMatchObject({ ok: true, insecure: true, answer: { status: 200 } });
      expect(result.certificate).toBeDefined();
    }
    expect(await look(target(await servers.closedPort(), jsonSpec()), lax)).toMatchObject({
      ok: false,
      insecure: true,
    });
  });

  it('is mutual where the node asks for it', async () => {
    const asking = { ca: ca.cert, requestCert: true, rejectUnauthorized: true };
    const to = await serving(good, asking);
    expect(failureOf(await look(to))).toBe('tls-untrusted: the node asks for a client certificate');
    const client = await ca.issue({ names: ['console'] });
    const mutual = proberWith({ tls: { ca: ca.cert, ...client, insecure: false } });
    expect(failureOf(await look(to, mutual))).toBe('none');
    expect(failureOf(await look(await serving(good, { ...asking, maxVersion: 'TLSv1.2' })))).toMatch(
      /^protocol: the node breaks off the TLS handshake: no client certificate/,
    );
  });

  it('says when what was configured cannot be used', async () => {
    const broken = proberWith({ tls: { ca: ca.cert, cert: 'not PEM', insecure: false } });
    expect(failureOf(await look(await serving(good), broken))).toMatch(
      /^tls-untrusted: configured ca, cert or key cannot be used: /,
    );
  });
});

describe('cost', () => {
  it('shares one TLS context among all targets', async () => {
    const all = [];
    for (let i = 0; i < 4; i += 1) {
      all.push(await servers.https(good, (_request, response) => response.end(healthy)));
    }
    const spy = vi.spyOn(tls, 'createSecureContext');
    syncBuiltinESMExports();
    try {
      const prober = proberWith();
      const results = await Promise.all(all.map(({ port }) => look(target(port, jsonSpec()), prober)));
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true]);
      expect(spy).toHaveBeenCalledTimes(1);
    } finally {
      spy.mockRestore();
      syncBuiltinESMExports();
    }
  });

  it('does not grow with what a node sends or how often it fails', async () => {
    const server = await servers.https(good, (request, response) => {
      if (request.url === '/cut') request.socket.destroy();
      else response.end(Buffer.alloc(1_000_000, 'x'));
    });
    const prober = proberWith();
    for (let i = 0; i < 50; i += 1) {
      await look(target(server.port, jsonSpec()), prober);
      await look(target(server.port, jsonSpec({ path: '/cut' })), prober);
    }
    // Nothing of a failed probe stays open.
    await until(() => server.open() === 0);
    expect(server.accepted()).toBe(100);
  });
});
