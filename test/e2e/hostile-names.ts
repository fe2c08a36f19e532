/** What a DNS server may send instead of the address it is asked for. */
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import { ATTACK, type Attack, type Attacks } from './hostile-cluster.ts';

/** A label of a name has 63 bytes. */
const LABEL = '\u202e\u009b31m\u001b[2J\u001b]52;c;RVZJTA==\u0007\u0085';

type Reply = (answer: Buffer) => void;

const onQuestion =
  (respond: (query: Buffer, reply: Reply) => void): Attack['start'] =>
  ({ servers, asked }) =>
    servers.udp((query, reply) => {
      asked();
      respond(query, reply);
    });

const packet = (query: Buffer, answers: Answer[], over: Partial<Packet> = {}): Buffer => {
  const { id, questions } = decode(query);
  return encode({ type: 'response', id: id ?? 0, questions: questions ?? [], answers, ...over });
};
const good: Answer = { type: 'A', name: 'health.local', ttl: 1, data: '127.0.0.1' };
const alias = (data: string): Answer => ({ type: 'CNAME', name: 'health.local', ttl: 1, data });

const answers = (records: Answer[], over?: Partial<Packet>): Attack['start'] =>
  onQuestion((query, reply) => reply(packet(query, records, over)));

/** The good answer, spoilt. */
const spoilt = (spoil: (answer: Buffer, questionEnd: number) => Buffer): Attack['start'] =>
  onQuestion((query, reply) => reply(spoil(packet(query, [good]), query.length)));

const DNS_ATTACKS: Readonly<Record<string, Omit<Attack, 'check'>>> = {
  'd-text': {
    start: answers([{ type: 'TXT', name: 'health.local', data: [ATTACK, ATTACK] }]),
    says: /◐ degraded +health.local is no add/,
  },
  'd-alias': {
    start: answers([alias(`${LABEL}.${LABEL}.example`)]),
    says: /◐ degraded +health.local is an ali/,
  },
  'd-loop': {
    start: answers([alias('health.local')]),
    says: /◐ degraded +health.local is an ali/,
  },
  'd-question': {
    start: answers([good], { questions: [{ type: 'A', name: `${LABEL}.local` }] }),
    says: /✖ down +\d+ answers?, none to the/,
  },
  'd-truncated': {
    start: answers([], { flags: TRUNCATED_RESPONSE }),
    says: /◐ degraded +health.local is no add/,
  },
  'd-cut': {
    start: spoilt((answer) => answer.subarray(0, -3)),
    says: /✖ down +an answer cut short/,
  },
  'd-garbage': {
    start: spoilt((answer) => Buffer.concat([answer.subarray(0, 2), Buffer.from(ATTACK)])),
    says: /✖ down +\d+ bytes that are not DNS/,
  },
  // The name of the answer is a pointer to itself.
  'd-pointer': {
    start: spoilt((answer, at) => {
      answer.writeUInt16BE(0xc000 | at, at);
      return answer;
    }),
    says: /✖ down +\d+ bytes that are not DNS/,
  },
  'd-count': {
    start: spoilt((answer) => {
      answer.writeUInt16BE(0xffff, 6);
      return answer;
    }),
    says: /✖ down +\d+ bytes that are not DNS/,
  },
  'd-spoofed': {
    start: onQuestion((query, reply) => {
      const { id = 0 } = decode(query);
      for (let other = 1; other <= 50; other += 1)
        reply(packet(query, [good], { id: (id + other) & 0xffff }));
    }),
    says: /✖ down +\d+ answers, none to the/,
  },
  'd-echo': {
    start: onQuestion((query, reply) => reply(query)),
    says: /✖ down +the question itself/,
  },
  'd-code': { start: answers([], { flags: 15 }), says: /◐ degraded +RCODE_15/ },
  'd-large': {
    start: answers(
      Array.from({ length: 2000 }, (_, index) => ({
        ...{ type: 'A', name: 'health.local', ttl: 1 },
        data: `10.9.${index >> 8}.${index & 0xff}`,
      })) as Answer[],
    ),
    says: /◐ degraded +health.local is 10.9.0/,
  },
  'd-empty': {
    start: onQuestion((_query, reply) => reply(Buffer.alloc(0))),
    says: /✖ down +\d+ answers?, none to the/,
  },
  'd-silent': { start: onQuestion(() => {}), says: /✖ down +timeout/ },
};

export const NAMES: Attacks = Object.fromEntries(
  Object.entries(DNS_ATTACKS).map(([name, attack]) => [name, { ...attack, check: 'dns' }]),
);
