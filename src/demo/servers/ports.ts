/** Loopback ports for a demo, outside the kernel's ephemeral range so that nobody is given them by chance. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

const LOWEST = 10_000;
const HIGHEST = 65_000;
/** Where the range is unknown, everything below 32768 is outside it on Linux, macOS and Windows. */
const USUAL_EPHEMERAL = [32_768, 60_999] as const;
const SLOT = 64;

const ephemeralRange = async (): Promise<readonly [number, number]> => {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const [low, high] = text.trim().split(/\s+/u).map(Number);
  return low && high ? [low, high] : USUAL_EPHEMERAL;
};

/** First ports of all slots that lie outside the ephemeral range. */
const portSlots = ([low, high]: readonly [number, number]): readonly number[] => {
  const slots: number[] = [];
  for (let first = LOWEST; first + SLOT <= HIGHEST; first += SLOT) {
    if (first + SLOT <= low || first > high) slots.push(first);
  }
  return slots;
};

/**
 * The UDP socket on a slot's first port is the claim on its other ports: two demos that run at once never try the
 * same port, even while one of them has closed it because its unit is down.
 */
const claimSlot = async (first: number): Promise<Socket | undefined> => {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port: first, address: LOOPBACK, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
};

const isFreeTcp = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    server.listen({ port, host: LOOPBACK, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

const isFreeUdp = async (port: number): Promise<boolean> => {
  const socket = await claimSlot(port);
  socket?.close();
  return socket !== undefined;
};

export class PortPool {
  readonly #claims: Socket[] = [];
  #slots: number[] = [];
  #free: number[] = [];

  private constructor(random: () => number, slots: readonly number[]) {
    // Demos begin at different places, so that they seldom meet.
    const from = Math.floor(random() * slots.length);
    this.#slots = [...slots.slice(from), ...slots.slice(0, from)];
  }

  static async open(random: () => number): Promise<PortPool> {
    return new PortPool(random, portSlots(await ephemeralRange()));
  }

  /** A port on which both a TCP and a UDP server can listen on loopback; nobody else's demo will take it. */
  async take(): Promise<number> {
    for (;;) {
      const port = this.#free.shift();
      if (port === undefined) await this.#claimMore();
      else if ((await isFreeTcp(port)) && (await isFreeUdp(port))) return port;
    }
  }

  /** Gives all ports back. */
  close(): void {
    for (const claim of this.#claims.splice(0)) claim.close();
  }

  async #claimMore(): Promise<void> {
    const first = this.#slots.shift();
    if (first === undefined) throw new Error('no free ports on loopback for the demo');
    const claim = await claimSlot(first);
    if (claim === undefined) return;
    this.#claims.push(claim);
    this.#free.push(...Array.from({ length: SLOT - 1 }, (_, index) => first + 1 + index));
  }
}
