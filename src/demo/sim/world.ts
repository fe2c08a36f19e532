/** The simulated cluster: nodes with their systemd, Raft groups and faults on one time line. No I/O, no clock of its own. */
import type { NodeName } from '../../core/model/inventory.ts';
import type { CheckSpec, ServiceName, Topology, UnitName } from '../../core/model/topology.ts';
import { type HealthAnswer, healthAnswer, type InstanceView } from './health.ts';
import type { JobType } from './jobs.ts';
import { Manager, type RequestReply } from './manager.ts';
import { type ExitFault, nextStep, type Surroundings } from './programs.ts';
import { Raft } from './raft.ts';
import { type CertificateState, CONTROL_NODES, type Fault, type Scenario } from './scenarios.ts';
import { controlServices, type UnitEdit, unitDefinitions } from './units.ts';

export type WorldOptions = {
  readonly topology: Topology;
  readonly nodes: readonly NodeName[];
  readonly scenario: Scenario;
  readonly random: () => number;
};

/** `off`: not booted yet, refuses everything. `gone`: lost power, packets vanish. */
type Power = 'off' | 'up' | 'gone';

/** How a port of an instance behaves. `delayMs` is real time. */
export type Endpoint =
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'open'; readonly delayMs: number };

export type SimulatedNode = {
  readonly name: NodeName;
  readonly services: readonly ServiceName[];
  readonly power: Power;
  /** Undefined while the node is off. */
  readonly manager: Manager | undefined;
};

type Node = { -readonly [Key in keyof SimulatedNode]: SimulatedNode[Key] } & {
  bootAtMs: number | undefined;
  /** Of the newest boot, also while the node is off. */
  last: Manager | undefined;
  readonly unitFiles: Map<UnitName, UnitEdit>;
};

/** How long settled nodes have been up when the demo begins. */
const UPTIME_MS = (3 * 24 + 4) * 3_600_000;
const REBOOT_MS = 3000;
const FIRST_NODE_BOOTS_AT_MS = 300;

/** When each node boots after the first: 1 s apart at first, the last of three 4 s behind. */
const bootDelay = (index: number, random: () => number): number =>
  index === 0 ? 0 : index === 1 ? 1000 : index === 2 ? 4000 : 1000 + Math.floor(random() * 3000);

export class World {
  readonly topology: Topology;
  readonly scenario: Scenario;
  readonly #nodes: ReadonlyMap<NodeName, Node>;
  readonly #rafts: ReadonlyMap<ServiceName, Raft>;
  readonly #random: () => number;
  readonly #unitOf: ReadonlyMap<ServiceName, UnitName>;
  readonly #surroundings: Surroundings;
  readonly #exitFaults: (ExitFault & { left: number })[] = [];
  readonly #otherFaults: Fault[] = [];
  #pending: Scenario['timeline'];
  #nowMs: number;
  #changes = 0;

  constructor(options: WorldOptions) {
    this.topology = options.topology;
    this.scenario = options.scenario;
    this.#random = options.random;
    this.#unitOf = new Map(options.topology.services.map((service) => [service.name, service.unit]));
    const control = controlServices(options.topology);
    const all = options.topology.services.map((service) => service.name);
    const startMs = options.scenario.begins === 'settled' ? -UPTIME_MS : 0;
    this.#nowMs = startMs;
    this.#nodes = new Map(
      options.nodes.map((name, index) => [
        name,
        {
          name,
          services: index < CONTROL_NODES ? all : all.filter((service) => !control.has(service)),
          power: 'off',
          manager: undefined,
          last: undefined,
          unitFiles: new Map<UnitName, UnitEdit>(),
          bootAtMs: startMs + FIRST_NODE_BOOTS_AT_MS + bootDelay(index, options.random),
        },
      ]),
    );
    this.#rafts = new Map(
      options.topology.services
        .filter((service) => service.quorum !== undefined)
        .map((service) => [service.name, new Raft(service.name, options.random)]),
    );
    this.#surroundings = this.#makeSurroundings();
    this.#pending = [...options.scenario.timeline].sort((a, b) => a.atMs - b.atMs);
    // Days of uptime are lived through, not made up: every timestamp and job id has really happened.
    this.advance(0);
  }

  /** World time in ms; 0 is the start of the demo. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Grows whenever something may have changed. */
  get changes(): number {
    return this.#changes;
  }

  nodes(): readonly SimulatedNode[] {
    return [...this.#nodes.values()];
  }

  node(name: NodeName): SimulatedNode | undefined {
    return this.#nodes.get(name);
  }

  raft(service: ServiceName): Raft | undefined {
    return this.#rafts.get(service);
  }

  certificate(node: NodeName): CertificateState {
    return this.scenario.certificates.get(node) ?? 'valid';
  }

  /** World time of the next event; Infinity when nothing more will happen by itself. */
  nextMs(): number {
    let next = this.#pending[0]?.atMs ?? Number.POSITIVE_INFINITY;
    for (const node of this.#nodes.values()) {
      next = Math.min(next, node.bootAtMs ?? next, node.manager?.nextMs() ?? next);
    }
    for (const raft of this.#rafts.values()) next = Math.min(next, raft.nextMs());
    return next;
  }

  /** Lets everything happen up to `toMs`, in order. An earlier time changes nothing. */
  advance(toMs: number): void {
    for (let next = this.nextMs(); next <= toMs; next = this.nextMs()) {
      this.#nowMs = Math.max(this.#nowMs, next);
      this.#happen();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  /** An operator's systemctl start, stop or restart of one unit, now. Undefined: the node is not up. */
  request(node: NodeName, type: JobType, unit: UnitName): RequestReply | undefined {
    const manager = this.#up(node);
    if (manager === undefined) return undefined;
    if (type !== 'stop') this.#operatorActs(node, manager, type, unit);
    const reply = manager.request(type, unit, this.#nowMs);
    this.#elect();
    return reply;
  }

  /** An operator's reset-failed; false when there is no such unit or the node is not up. */
  resetFailed(node: NodeName, unit: UnitName): boolean {
    const manager = this.#up(node);
    if (manager === undefined || !manager.resetFailed(unit)) return false;
    this.#changes += 1;
    this.#dropExitFaults(
      (fault) => fault.node === node && fault.unit === unit && fault.heals.by === 'reset-failed',
    );
    return true;
  }

  /** An operator's daemon-reload; nothing happens when the node is not up. */
  daemonReload(node: NodeName): void {
    this.#up(node)?.daemonReload();
    this.#changes += 1;
  }

  kill(node: NodeName, unit: UnitName, signal: number): 'not-found' | 'not-running' | 'sent' | undefined {
    const sent = this.#up(node)?.kill(unit, signal, this.#nowMs);
    this.#elect();
    return sent;
  }

  /** Goes down at once and boots again; false when the node is not up. */
  reboot(name: NodeName): boolean {
    const node = this.#nodes.get(name);
    if (node?.power !== 'up') return false;
    node.power = 'off';
    node.manager = undefined;
    node.bootAtMs = this.#nowMs + REBOOT_MS;
    this.#elect();
    return true;
  }

  /** Adds a fault now. */
  inject(fault: Fault): void {
    this.#applyFault(fault);
    this.#elect();
  }

  /** Ends every fault: nodes that were gone boot again, partitions heal, programs stop failing. Units stay as they are. */
  clearFaults(): void {
    this.#exitFaults.length = 0;
    this.#otherFaults.length = 0;
    for (const raft of this.#rafts.values()) if (raft.split) raft.heal();
    for (const node of this.#nodes.values()) {
      if (node.power !== 'gone') continue;
      node.power = 'off';
      node.bootAtMs = this.#nowMs + 1000;
    }
    this.#elect();
  }

  /** How the ports of one service on one node behave now. */
  endpoint(name: NodeName, service: ServiceName): Endpoint {
    const node = this.#nodes.get(name);
    if (node?.power === 'gone') return { kind: 'silent' };
    if (!this.#serving(name, service)) return { kind: 'closed' };
    const slow = this.#otherFaults.find(
      (fault) => fault.kind === 'slow' && fault.node === name && fault.service === service,
    );
    return { kind: 'open', delayMs: slow?.kind === 'slow' ? slow.delayMs : 0 };
  }

  /** What the endpoint of a check answers now; meaningful only while `endpoint` is open. */
  answer(node: NodeName, service: ServiceName, spec: CheckSpec): HealthAnswer {
    return healthAnswer(spec, this.#view(node, service));
  }

  #view(node: NodeName, service: ServiceName): InstanceView {
    const raft = this.#rafts.get(service);
    const linked = (other: ServiceName): boolean => this.#linked(node, other);
    if (raft === undefined) return { linked };
    const joined = raft.isMember(node);
    return { linked, raft: { joined, role: raft.role(node), size: raft.clusterSize(node), term: raft.term } };
  }

  #linked(node: NodeName, service: ServiceName): boolean {
    const raft = this.#rafts.get(service);
    if (raft !== undefined) return raft.leaderSeenFrom(node) !== undefined && this.#linksHold(node, service);
    return [...this.#nodes.keys()].some((name) => this.#serving(name, service));
  }

  /** What is cut off from its own backend serves nobody: FlareDB without Chainfire is no token store. */
  #linksHold(node: NodeName, service: ServiceName): boolean {
    const checks = this.topology.services.find((each) => each.name === service)?.checks ?? [];
    const fields = checks.flatMap((spec) => (spec.kind === 'https-json' ? spec.fields : []));
    return fields.every((field) => field.service === undefined || this.#linked(node, field.service));
  }

  #healthy(node: NodeName, service: ServiceName): boolean {
    if (!this.#serving(node, service)) return false;
    const checks = this.topology.services.find((each) => each.name === service)?.checks ?? [];
    return checks.every((spec) =>
      spec.kind === 'https-json' || spec.kind === 'https-text'
        ? this.answer(node, service, spec).status === spec.status
        : true,
    );
  }

  #serving(name: NodeName, service: ServiceName): boolean {
    const node = this.#nodes.get(name);
    const unit = this.#unitOf.get(service);
    if (node?.power !== 'up' || unit === undefined) return false;
    return node.manager?.unit(unit)?.serving === true;
  }

  #up(name: NodeName): Manager | undefined {
    const node = this.#nodes.get(name);
    return node?.power === 'up' ? node.manager : undefined;
  }

  #happen(): void {
    for (const entry of this.#pending) if (entry.atMs <= this.#nowMs) this.#applyFault(entry.fault);
    this.#pending = this.#pending.filter((entry) => entry.atMs > this.#nowMs);
    for (const node of this.#nodes.values()) {
      if (node.bootAtMs !== undefined && node.bootAtMs <= this.#nowMs) this.#boot(node);
      if (node.power === 'up' && node.manager !== undefined && node.manager.nextMs() <= this.#nowMs) {
        node.manager.step(this.#nowMs);
      }
    }
    this.#elect();
  }

  #boot(node: Node): void {
    node.bootAtMs = undefined;
    node.power = 'up';
    const definitions = unitDefinitions(this.topology, new Set(node.services));
    node.manager = new Manager({
      definitions: definitions.map((unit) => ({ ...unit, ...node.unitFiles.get(unit.name) })),
      programs: {
        next: (unit, startedAtMs, nowMs) => nextStep(unit, startedAtMs, nowMs, node.name, this.#surroundings),
      },
      random: this.#random,
      bootAtMs: this.#nowMs,
      ...(node.last === undefined ? {} : { before: node.last }),
    });
    node.last = node.manager;
  }

  #elect(): void {
    this.#changes += 1;
    for (const raft of this.#rafts.values()) {
      const live = raft.joinedNodes.filter((node) => this.#serving(node, raft.service));
      const unit = this.#unitOf.get(raft.service);
      for (const event of raft.update(this.#nowMs, live)) {
        if (unit !== undefined) this.#up(event.node)?.log(unit, 5, event.line, this.#nowMs);
      }
    }
  }

  #applyFault(fault: Fault): void {
    switch (fault.kind) {
      case 'exits':
        this.#exitFaults.push({ ...fault, left: fault.heals.by === 'restart' ? fault.heals.times : 1 });
        if (fault.kills) this.#up(fault.node)?.crash(fault.unit, fault.code, fault.line, this.#nowMs);
        return;
      case 'vanish': {
        const node = this.#nodes.get(fault.node);
        if (node === undefined) return;
        node.power = 'gone';
        node.manager = undefined;
        node.bootAtMs = undefined;
        return;
      }
      case 'unit-file': {
        // It is on the disk: a reboot reads it, too.
        const files = this.#nodes.get(fault.node)?.unitFiles;
        files?.set(fault.unit, { ...files.get(fault.unit), ...fault.says });
        this.#up(fault.node)?.edit(fault.unit, fault.says);
        return;
      }
      case 'daemon-reload':
        this.daemonReload(fault.node);
        return;
      case 'split':
        this.#rafts.get(fault.service)?.splitOff(fault.apart);
        this.#otherFaults.push(fault);
        return;
      case 'slow':
      case 'slow-start':
        this.#otherFaults.push(fault);
        return;
      default:
        fault satisfies never;
    }
  }

  /** Faults that an operator's restart heals: counted when it asks for the unit, before the new process starts. */
  #operatorActs(node: NodeName, manager: Manager, type: JobType, unit: UnitName): void {
    const touched = manager.wouldTouch(type, unit);
    for (const fault of this.#exitFaults) {
      if (fault.heals.by === 'restart' && fault.node === node && touched.includes(fault.unit))
        fault.left -= 1;
    }
    this.#dropExitFaults((fault) => fault.left <= 0);
    for (const fault of [...this.#otherFaults]) {
      if (fault.kind !== 'split' || !fault.apart.includes(node)) continue;
      const serviceUnit = this.#unitOf.get(fault.service);
      if (serviceUnit === undefined || !touched.includes(serviceUnit)) continue;
      this.#rafts.get(fault.service)?.heal();
      this.#otherFaults.splice(this.#otherFaults.indexOf(fault), 1);
    }
  }

  #dropExitFaults(gone: (fault: ExitFault & { left: number }) => boolean): void {
    const kept = this.#exitFaults.filter((fault) => !gone(fault));
    this.#exitFaults.splice(0, this.#exitFaults.length, ...kept);
  }

  #makeSurroundings(): Surroundings {
    return {
      topology: this.topology,
      rafts: this.#rafts,
      random: this.#random,
      voters: (service) =>
        [...this.#nodes.values()].filter((node) => node.services.includes(service)).map((node) => node.name),
      serving: (node, service) => this.#serving(node, service),
      healthy: (node, service) => this.#healthy(node, service),
      servicesOf: (node) => this.#nodes.get(node)?.services ?? [],
      exitFault: (node, unit) => this.#exitFaults.find((fault) => fault.node === node && fault.unit === unit),
      slowFactor: (node, unit) => {
        const fault = this.#otherFaults.find(
          (each) => each.kind === 'slow-start' && each.node === node && each.unit === unit,
        );
        return fault?.kind === 'slow-start' ? fault.factor : 1;
      },
      log: (node, unit, priority, line) => this.#up(node)?.log(unit, priority, line, this.#nowMs),
    };
  }
}
