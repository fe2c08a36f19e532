/**
 * CPU and bytes per frame of the mounted console, written to a terminal that only counts. Frames differ as they do in
 * use: a poll round brings new latencies for one check in a hundred, or for all of them.
 */
import { Writable } from 'node:stream';
import { render } from 'ink';
import { createElement } from 'react';
import { expectedTargets } from '../src/core/graph.ts';
import type { ClusterNode, Inventory } from '../src/core/model/inventory.ts';
import type { JsonScalar, Observation } from '../src/core/model/observation.ts';
import { createAppStore } from '../src/store/store.ts';
import { builtinTopology } from '../src/topology/builtin.ts';
import { App } from '../src/views/App.tsx';
import { median, type Row } from './statistics.ts';

const FRAMES = 60;
const WARM_UP = 15;
const START_MS = 1_795_000_000_000;

const topology = builtinTopology();

const inventoryOf = (count: number): Inventory => ({
  cluster: 'bench',
  nodes: Array.from(
    { length: count },
    (_, index): ClusterNode => ({
      name: `node${String(index + 1).padStart(3, '0')}`,
      address: '127.0.0.1',
      services: topology.services.map(({ name }) => name),
      ports: new Map(),
      tags: [],
    }),
  ),
});

/** A terminal of the given size that counts what it is given. */
class CountingTerminal extends Writable {
  readonly isTTY = true;
  bytes = 0;
  columns: number;
  rows: number;
  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }
}

const quietStdin = Object.assign(new (await import('node:stream')).PassThrough(), {
  isTTY: true,
  setRawMode: () => quietStdin,
  ref: () => quietStdin,
  unref: () => quietStdin,
});

type Measured = { readonly cpuMs: number; readonly bytes: number };

const measure = async (nodes: number, columns: number, rows: number, share: number): Promise<Measured> => {
  const inventory = inventoryOf(nodes);
  const targets = expectedTargets(topology, inventory);
  let nowMs = START_MS;
  const store = createAppStore({
    topology,
    inventory,
    options: {
      fall: 2,
      rise: 1,
      intervalMs: 2000,
      timeoutMs: 1500,
      firstLookMs: 10_000,
      certificateWarnMs: 1,
    },
    mode: { readOnly: false, source: 'live' },
    nowMs,
    utcOffsetMinutes: 0,
  });
  const round = (turn: number, every: number): Observation[] =>
    targets
      .filter((_, index) => index % every === turn % every)
      .map((target, index) => {
        const json: Record<string, JsonScalar> = { status: 'healthy' };
        if (target.spec.kind === 'https-json' && target.spec.fields.some(({ role }) => role === 'raft')) {
          json.raft = target.node === inventory.nodes[0]?.name ? 'leader' : 'follower';
        }
        const answer =
          target.spec.kind === 'dns'
            ? ({ kind: 'dns', rcode: 'NOERROR', addresses: ['127.0.0.1'] } as const)
            : ({ kind: 'http', status: 200, body: JSON.stringify(json), json } as const);
        const totalMs = 2 + ((turn * 7 + index * 3) % 40);
        return {
          kind: 'probe',
          check: target.id,
          result: { ok: true, atMs: nowMs, phases: { totalMs }, answer },
        };
      });

  const terminal = new CountingTerminal(columns, rows);
  let drawn = (): void => {};
  const instance = render(createElement(App, { store, theme: { ascii: false, color: 'truecolor' } }), {
    stdout: terminal as unknown as NodeJS.WriteStream,
    stdin: quietStdin as unknown as NodeJS.ReadStream,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 120,
    exitOnCtrlC: false,
    patchConsole: false,
    onRender: () => drawn(),
  });
  const frame = async (turn: number, every: number): Promise<void> => {
    nowMs += 100;
    const done = new Promise<void>((resolve) => {
      drawn = resolve;
      // A round that changes nothing visible draws nothing.
      setTimeout(resolve, 60);
    });
    store.dispatch({ kind: 'observed', observations: round(turn, every), nowMs });
    await done;
  };

  await frame(0, 1);
  const every = Math.round(1 / share);
  const cpu: number[] = [];
  const bytes: number[] = [];
  for (let turn = 1; turn <= FRAMES + WARM_UP; turn++) {
    const before = process.cpuUsage();
    const bytesBefore = terminal.bytes;
    await frame(turn, every);
    const used = process.cpuUsage(before);
    if (turn <= WARM_UP) continue;
    cpu.push((used.user + used.system) / 1000);
    bytes.push(terminal.bytes - bytesBefore);
  }
  instance.unmount();
  return { cpuMs: median(cpu), bytes: median(bytes) };
};

/** CPU includes folding the facts in and judging the cluster; in ms and as a share of a core at four frames a second. */
export const measureFrames = async (): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const [nodes, columns, lines] of [
    [3, 80, 24],
    [3, 120, 40],
    [200, 200, 60],
  ] as const) {
    for (const share of [0.01, 1]) {
      const { cpuMs, bytes } = await measure(nodes, columns, lines, share);
      const load = ((cpuMs * 4) / 10).toFixed(1);
      rows.push({
        what: `${nodes} nodes, ${columns}×${lines}, ${share * 100} % of the checks new`,
        value: `${cpuMs.toFixed(1)} ms CPU, ${bytes} bytes (${load} % of a core at 4 frames/s)`,
      });
    }
  }
  return rows;
};
