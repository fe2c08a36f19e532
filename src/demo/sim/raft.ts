/** Leader election among the members of one quorum service: terms, candidates, and partitions. */
import type { NodeName } from '../../core/model/inventory.ts';
import type { ServiceName } from '../../core/model/topology.ts';

export type RaftRole = 'leader' | 'follower' | 'candidate';

export type RaftEvent = { readonly node: NodeName; readonly line: string };

type Side = {
  /** The nodes that see each other; undefined: all of them. */
  readonly nodes: ReadonlySet<NodeName> | undefined;
  leader: NodeName | undefined;
  electionAtMs: number | undefined;
};

const ELECTION_MIN_MS = 500;
const ELECTION_SPREAD_MS = 700;

export class Raft {
  readonly service: ServiceName;
  readonly #random: () => number;
  readonly #joined = new Set<NodeName>();
  #sides: Side[] = [{ nodes: undefined, leader: undefined, electionAtMs: undefined }];
  #live: readonly NodeName[] = [];
  #term = 0;

  constructor(service: ServiceName, random: () => number) {
    this.service = service;
    this.#random = random;
  }

  get term(): number {
    return this.#term;
  }

  /** Every leader that there is: one at most, unless the cluster is split. */
  get leaders(): readonly NodeName[] {
    return this.#sides.flatMap((side) => side.leader ?? []);
  }

  get split(): boolean {
    return this.#sides.length > 1;
  }

  get joinedNodes(): readonly NodeName[] {
    return [...this.#joined];
  }

  isMember(node: NodeName): boolean {
    return this.#joined.has(node);
  }

  join(node: NodeName): void {
    this.#joined.add(node);
  }

  /** Two clusters under one name: `apart` no longer sees the others, and each side elects for itself. */
  splitOff(apart: readonly NodeName[]): void {
    const away = new Set(apart);
    const rest = new Set([...this.#joined].filter((node) => !away.has(node)));
    const leader = this.#sides[0]?.leader;
    this.#sides = [away, rest].map((nodes) => ({
      nodes,
      leader: leader !== undefined && nodes.has(leader) ? leader : undefined,
      electionAtMs: undefined,
    }));
  }

  /** Everybody sees everybody again; the side with more members keeps its leader. */
  heal(): void {
    const largest = [...this.#sides].sort((a, b) => (b.nodes?.size ?? 0) - (a.nodes?.size ?? 0))[0];
    this.#sides = [{ nodes: undefined, leader: largest?.leader, electionAtMs: undefined }];
  }

  /** The leader that `node` knows of; a node outside the voters asks any side. */
  leaderSeenFrom(node: NodeName): NodeName | undefined {
    return (
      this.#joined.has(node) ? this.#sideOf(node) : this.#sides.find((side) => side.leader !== undefined)
    )?.leader;
  }

  role(node: NodeName): RaftRole {
    const leader = this.#joined.has(node) ? this.leaderSeenFrom(node) : undefined;
    if (leader === undefined) return 'candidate';
    return leader === node ? 'leader' : 'follower';
  }

  /** Live members that `node` sees, itself included. */
  clusterSize(node: NodeName): number {
    const side = this.#joined.has(node) ? this.#sideOf(node) : undefined;
    return side === undefined ? 1 : Math.max(1, this.#liveOn(side).length);
  }

  nextMs(): number {
    return Math.min(...this.#sides.map((side) => side.electionAtMs ?? Number.POSITIVE_INFINITY));
  }

  /** Takes notice of who is alive at `nowMs`; a lost leader is replaced after an election, if there is a quorum. */
  update(nowMs: number, live: readonly NodeName[]): readonly RaftEvent[] {
    this.#live = live.filter((node) => this.#joined.has(node));
    return this.#sides.flatMap((side) => this.#updateSide(side, nowMs));
  }

  #updateSide(side: Side, nowMs: number): readonly RaftEvent[] {
    const members = this.#liveOn(side);
    const votes = Math.floor(this.#joined.size / 2) + 1;
    const canElect = members.length > 0 && (this.split || members.length >= votes);
    const events: RaftEvent[] = [];
    if (side.leader !== undefined && !(canElect && members.includes(side.leader))) {
      const line = canElect
        ? `raft: leader ${side.leader} lost, starting election`
        : `raft: no quorum, ${members.length} of ${this.#joined.size} members, ${votes} votes needed`;
      side.leader = undefined;
      this.#term += 1;
      for (const node of members) events.push({ node, line });
    }
    if (!canElect) side.electionAtMs = undefined;
    else if (side.leader === undefined) {
      side.electionAtMs ??= nowMs + ELECTION_MIN_MS + Math.floor(this.#random() * ELECTION_SPREAD_MS);
      if (side.electionAtMs <= nowMs) {
        side.electionAtMs = undefined;
        side.leader = members[Math.floor(this.#random() * members.length)];
        this.#term += 1;
        const line = `raft: term ${this.#term} leader ${side.leader} members ${members.join(',')}`;
        for (const node of members) events.push({ node, line });
      }
    }
    return events;
  }

  #liveOn(side: Side): readonly NodeName[] {
    return this.#live.filter((node) => side.nodes?.has(node) ?? true);
  }

  #sideOf(node: NodeName): Side | undefined {
    return this.#sides.find((side) => side.nodes?.has(node) ?? true);
  }
}
