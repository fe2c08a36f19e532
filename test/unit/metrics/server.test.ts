import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { serveMetrics } from '../../../src/metrics/server.ts';

const REQUESTS = 'http.server.request.start';

it('goes on after errors of its own, as when no file was left for a connection', async () => {
  const listening = await serveMetrics({
    address: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    contentType: 'text/plain',
    text: () => Promise.resolve('told\n'),
    health: () => ({ ok: true, words: 'ok' }),
  });
  if (!listening.ok) throw new Error(`not listening: ${listening.code}`);
  const { port } = listening.address;
  const servers: Server[] = [];
  const seen = (message: unknown): void => {
    servers.push((message as { readonly server: Server }).server);
  };
  const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  subscribe(REQUESTS, seen);
  try {
    expect(await ask()).toBe('told\n');
    const own = servers.find((server) => {
      const address = server.address();
      return typeof address === 'object' && address?.port === port;
    });
    for (const code of ['ENFILE', 'EMFILE']) {
      expect(own?.emit('error', Object.assign(new Error(`accept ${code}`), { code }))).toBe(true);
    }
    expect(await ask()).toBe('told\n');
  } finally {
    unsubscribe(REQUESTS, seen);
    await listening.close();
  }
});
