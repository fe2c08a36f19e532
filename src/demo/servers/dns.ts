/** A DNS server over UDP for one instance: answers the documented health name, and nothing else. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet } from 'dns-packet';
import type { NodeName } from '../../core/model/inventory.ts';
import type { CheckSpec, ServiceName } from '../../core/model/topology.ts';
import { RETRY_MS } from './gate.ts';
import { LOOPBACK } from './ports.ts';
import type { Runner } from './runner.ts';

type DnsSpec = Extract<CheckSpec, { kind: 'dns' }>;

export type DnsOptions = {
  readonly runner: Runner;
  readonly node: NodeName;
  readonly service: ServiceName;
  readonly spec: DnsSpec;
  readonly port: number;
};

const NXDOMAIN = 3;
const TTL_SECONDS = 5;

/** The answer to one query; undefined when it is not a query. */
const dnsAnswer = (query: Buffer, spec: DnsSpec): Buffer | undefined => {
  let packet: Packet;
  try {
    packet = decode(query);
  } catch {
    return undefined;
  }
  const question = packet.questions?.[0];
  if (packet.type !== 'query' || question === undefined) return undefined;
  const known = question.name.toLowerCase() === spec.query.toLowerCase();
  const asked = known && question.type === spec.type;
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | (known ? 0 : NXDOMAIN),
    questions: [question],
    answers: asked ? [{ type: spec.type, name: question.name, ttl: TTL_SECONDS, data: spec.address }] : [],
  });
};

export class DnsServer {
  readonly #options: DnsOptions;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #bound: Promise<unknown> = Promise.resolve();

  constructor(options: DnsOptions) {
    this.#options = options;
  }

  /** Opens and closes the port as the world has it now. A silent node keeps it and answers nothing. */
  reflect(): void {
    const { runner, node, service } = this.#options;
    if (runner.world.endpoint(node, service).kind === 'closed') this.close();
    else this.#open();
  }

  /** Resolves when the port is open, if it is to be. */
  async settled(): Promise<void> {
    await this.#bound;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #open(): void {
    if (this.#socket !== undefined) return;
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (query, from) => this.#answer(socket, query, from));
    socket.on('error', () => {
      if (this.#socket !== socket) return;
      this.close();
      this.#retry = setTimeout(() => this.reflect(), RETRY_MS);
    });
    this.#bound = new Promise((resolve) => {
      for (const event of ['listening', 'close']) socket.once(event, resolve);
    });
    socket.bind({ port: this.#options.port, address: LOOPBACK, exclusive: true });
  }

  #answer(socket: Socket, query: Buffer, from: RemoteInfo): void {
    const { runner, node, service, spec } = this.#options;
    runner.sync();
    if (this.#socket !== socket || runner.world.endpoint(node, service).kind !== 'open') return;
    const answer = dnsAnswer(query, spec);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  }
}
