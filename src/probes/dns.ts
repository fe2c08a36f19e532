/** One DNS question over UDP, straight to the node: no resolver, no cache, the rcode visible. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { CheckTarget } from '../core/model/inventory.ts';
import type { Answer, Phases, ProbeResult } from '../core/model/observation.ts';
import type { CheckSpec } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from './deadline.ts';
import { failureOf, overdueFailure, type ProbeFailure, probeFailure } from './failure.ts';

/** What `decode` gives besides its published type. */
type Decoded = DecodedPacket & { readonly rcode: string };

export type DnsSpec = Extract<CheckSpec, { kind: 'dns' }>;
type DnsAnswer = Extract<Answer, { kind: 'dns' }>;

/** What one datagram means: the verdict on the question asked, or undefined when it belongs to another one. */
export type DnsReading = {
  readonly answer?: DnsAnswer;
  readonly failure?: ProbeFailure;
};

const MAX_ADDRESSES = 16;
const HEADER_BYTES = 12;

const sameName = (left: string, right: string): boolean =>
  left.replace(/\.$/, '').toLowerCase() === right.replace(/\.$/, '').toLowerCase();

const isOurQuestion = (packet: Decoded, spec: DnsSpec): boolean => {
  const [question] = packet.questions ?? [];
  // Some servers send an error without repeating the question; the id must do then.
  if (question === undefined) return packet.rcode !== 'NOERROR';
  return (
    question.type === spec.type && (question.class ?? 'IN') === 'IN' && sameName(question.name, spec.query)
  );
};

/** The name that the question was led on to, where there is one. */
const aliasOf = (packet: Decoded): string | undefined =>
  (packet.answers ?? []).flatMap((record) => (record.type === 'CNAME' ? [record.data] : [])).at(-1);

const addressesOf = (packet: Decoded): string[] =>
  (packet.answers ?? [])
    .flatMap((record) => (record.type === 'A' ? [record.data] : []))
    .slice(0, MAX_ADDRESSES);

/** Reads a datagram as the answer to `spec` asked with `id`; undefined: not an answer to this question. */
export const readDnsAnswer = (message: Buffer, id: number, spec: DnsSpec): DnsReading | undefined => {
  if (message.length < HEADER_BYTES || message.readUInt16BE(0) !== id) return undefined;
  let packet: Decoded;
  try {
    packet = decode(message) as Decoded;
  } catch {
    return { failure: probeFailure('protocol', `${message.length} bytes that are not DNS`) };
  }
  // What stands beyond the end is read as nothing, and would make an address of three numbers.
  if ((decode.bytes ?? 0) > message.length) {
    return { failure: probeFailure('protocol', `an answer cut short after ${message.length} bytes`) };
  }
  if (packet.type !== 'response') {
    return { failure: probeFailure('protocol', 'the question itself came back, not an answer') };
  }
  if (!isOurQuestion(packet, spec)) return undefined;

  const answer: DnsAnswer = { kind: 'dns', rcode: packet.rcode, addresses: addressesOf(packet) };
  if (answer.rcode !== 'NOERROR') return { answer, failure: probeFailure('status', answer.rcode) };
  if (answer.addresses.includes(spec.address)) return { answer };
  const alias = aliasOf(packet);
  const none = alias === undefined ? 'no address' : `an alias without an address, ${alias}`;
  const came = answer.addresses.length > 0 ? answer.addresses.join(', ') : none;
  const cut = packet.flag_tc ? ' (truncated answer)' : '';
  return {
    answer,
    failure: probeFailure('body', `${spec.query} is ${came}, expected ${spec.address}${cut}`),
  };
};

/** Asks the target for the A record of `spec.query`; never rejects. `random` in [0, 1) makes the id. */
export const probeDns = (
  target: CheckTarget,
  spec: DnsSpec,
  options: { readonly timeoutMs: number; readonly clock: Clock; readonly random: () => number },
  signal: AbortSignal,
): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const { timeoutMs, clock } = options;
    const atMs = clock.now();
    const startedMs = clock.monotonic();
    const id = Math.floor(options.random() * 0x1_0000);
    const question = encode({
      type: 'query',
      id,
      flags: RECURSION_DESIRED,
      questions: [{ type: spec.type, name: spec.query, class: 'IN' }],
    });
    let resolvedMs: number | undefined;
    let close = (): void => {};
    let ended = false;
    let strangers = 0;

    const end = ({ answer, failure }: DnsReading): void => {
      if (ended) return;
      ended = true;
      endDeadline();
      close();
      const nowMs = clock.monotonic();
      const phases: Phases = {
        ...(resolvedMs !== undefined && { dnsMs: resolvedMs - startedMs }),
        ...(answer !== undefined && { firstByteMs: nowMs - (resolvedMs ?? startedMs) }),
        totalMs: nowMs - startedMs,
      };
      if (failure !== undefined) resolve({ ok: false, atMs, phases, failure, ...(answer && { answer }) });
      else if (answer !== undefined) resolve({ ok: true, atMs, phases, answer });
    };

    const ask = (address: string, family: number): void => {
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      close = () => {
        socket.close();
      };
      socket.on('error', (error) => end({ failure: failureOf(error) }));
      socket.on('message', (message) => {
        const reading = readDnsAnswer(message, id, spec);
        if (reading === undefined) strangers += 1;
        else end(reading);
      });
      // Connected: the kernel drops what other hosts send, and an ICMP "port unreachable" arrives as an error.
      try {
        socket.connect(target.port, address, (error?: Error) => {
          // What fails on the way to a connection comes here and is not emitted: no route, no permission to broadcast.
          if (error) end({ failure: failureOf(error) });
          else if (!ended) socket.send(question);
        });
      } catch (error) {
        end({ failure: failureOf(error) });
      }
    };

    const endDeadline = startDeadline(timeoutMs, signal, (why) => {
      if (why === 'timeout' && strangers > 0) {
        end({
          failure: probeFailure(
            'protocol',
            `${strangers} ${strangers === 1 ? 'answer' : 'answers'}, none to the question asked`,
          ),
        });
        return;
      }
      const stage = resolvedMs === undefined && isIP(target.host) === 0 ? 'name' : 'answer';
      end({ failure: overdueFailure(why, stage, timeoutMs) });
    });

    const family = isIP(target.host);
    if (family !== 0) ask(target.host, family);
    else {
      lookup(target.host, (error, address, foundFamily) => {
        resolvedMs = clock.monotonic();
        if (ended) return;
        if (error) end({ failure: failureOf(error) });
        else ask(address, foundFamily);
      });
    }
  });
