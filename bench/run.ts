/** `npm run bench`: all figures, as Markdown. Ratios within one run; single times of a shared machine mean little. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../src/demo/start.ts';
import { systemClock } from '../src/lib/clock.ts';
import { builtinTopology } from '../src/topology/builtin.ts';
import { HOSTILE_NODES, QUIET_NODES, startHostileNodes } from '../test/e2e/hostile-nodes.ts';
import { measureFrames } from './frames.ts';
import { measureJudging } from './judge.ts';
import { measureKeys } from './keys.ts';
import { measurePush } from './push.ts';
import { measureStartUp } from './start-up.ts';
import { table } from './statistics.ts';

const demo = await startDemo({
  nodes: 3,
  scenario: 'steady',
  speed: 1,
  clock: systemClock,
  random: Math.random,
  topology: builtinTopology(),
});
const directory = await mkdtemp(join(tmpdir(), 'plasmatop-bench-'));
try {
  // Without ssh, the first frame waits for nothing but the program itself.
  const withoutSsh = join(directory, 'plasmatop.yaml');
  const config = await readFile(demo.configFile, 'utf8');
  await writeFile(withoutSsh, config.replace(/^ssh:.*$/mu, 'ssh: { enabled: false }'));

  process.stdout.write(`Node ${process.versions.node}, ${process.platform}, ${cpus().length} cores\n\n`);
  process.stdout.write(`${table('Start-up, 120×40', await measureStartUp(withoutSsh))}\n`);
  process.stdout.write(
    `${table('Start-up with the ssh preflight of 3 nodes', await measureStartUp(demo.configFile))}\n`,
  );
  process.stdout.write(`${table('Key to frame', await measureKeys(demo.configFile))}\n`);
  for (const [what, nodes] of [
    ['one node at rest', QUIET_NODES],
    [`${Object.keys(HOSTILE_NODES).length} nodes that attack`, HOSTILE_NODES],
  ] as const) {
    const cluster = await startHostileNodes(nodes);
    const rows = await measureKeys(cluster.configFile, what, /is healthy/u);
    await cluster.stop();
    process.stdout.write(`${table('Key to frame', rows)}\n`);
  }
  process.stdout.write(`${table('A change on a node', await measurePush(demo))}\n`);
} finally {
  await demo.stop();
  await rm(directory, { recursive: true, force: true });
}
process.stdout.write(`${table('A frame', await measureFrames())}\n`);
process.stdout.write(`${table('Judging 1000 nodes with 9 services each', measureJudging())}\n`);
process.exit(0);
