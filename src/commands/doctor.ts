/** `plasmatop doctor`: looks at this host, at the way to every node and at its endpoints, and says what to do. */
import { tmpdir } from 'node:os';
import PQueue from 'p-queue';
import { judgeOptionsOf } from '../config/judge-options.ts';
import type { Config } from '../config/types.ts';
import { expectedTargets } from '../core/graph.ts';
import type { CheckTarget, ClusterNode } from '../core/model/inventory.ts';
import { nodesTagged, tagInWord, tagWords } from '../core/tags.ts';
import { createProber, type Prober } from '../probes/prober.ts';
import { createLinks, type Links } from '../ssh/control.ts';
import { suggestName } from '../topology/names.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, listFlag } from './context.ts';
import { endpointFinding } from './doctor-endpoint.ts';
import { type Finding, type Section, skipped, worstOf } from './doctor-finding.ts';
import { lookHere } from './doctor-here.ts';
import { loginFindings, nameFinding } from './doctor-login.ts';
import { nodeFindings } from './doctor-node.ts';
import { sectionText, summaryText, type TextOptions } from './doctor-text.ts';
import { loadConfigFor } from './load-config.ts';

/** A bastion drops connections beyond ten at once; each node is logged in to twice. */
const NODES_AT_ONCE = 4;
/** Handshakes that all begin at once keep each other waiting. */
const ENDPOINTS_AT_ONCE = 6;
/** A dropped packet is no finding. */
const LOOKS = 2;

type Doctor = {
  readonly config: Config;
  readonly context: CommandContext;
  readonly links: Links;
  readonly prober: Prober;
  readonly endpoints: PQueue;
};

const endpointLook = async ({ prober, config, context }: Doctor, target: CheckTarget): Promise<Finding> => {
  let result = await prober.probe(target, context.stopped);
  for (let looks = 1; looks < LOOKS && !result.ok && result.failure.kind === 'timeout'; looks += 1) {
    result = await prober.probe(target, context.stopped);
  }
  return endpointFinding(target, result, context.clock.now(), judgeOptionsOf(config).certificateWarnMs);
};

const ssh = async (doctor: Doctor, node: ClusterNode): Promise<readonly Finding[]> => {
  const { config, context, links } = doctor;
  const login = await loginFindings(node, config, context, tmpdir());
  const link = links.link(node.name);
  if (!login.isIn || link === undefined) {
    const isUsed = config.ssh.enabled && node.ssh !== undefined;
    return [
      ...login.findings,
      ...(isUsed ? [skipped('the rest', 'of the node cannot be asked without ssh')] : []),
    ];
  }
  const { clock, stopped: signal } = context;
  return [...login.findings, ...(await nodeFindings({ node, link, config, clock, signal }))];
};

const sectionOf = async (doctor: Doctor, node: ClusterNode): Promise<Section> => {
  const { config, context, endpoints } = doctor;
  if (context.stopped.aborted) return { title: node.name, findings: [] };
  const targets = expectedTargets(config.topology, { ...config.inventory, nodes: [node] });
  const named = nameFinding(node, context);
  const [name, way, answers] = await Promise.all([
    named,
    ssh(doctor, node),
    // Each would say the same again of a name that nobody knows.
    named.then(({ state }) =>
      state === 'failed'
        ? [skipped('endpoints', 'cannot be asked without an address')]
        : endpoints.addAll(targets.map((target) => () => endpointLook(doctor, target))),
    ),
  ]);
  return { title: node.name, findings: [name, ...way, ...answers] };
};

/** The nodes that are asked for, in their order; a word that names none is told. */
const chosenNodes = (
  { inventory }: Config,
  context: CommandContext,
): { readonly nodes: readonly ClusterNode[] } | { readonly unknown: string; readonly remedy: string } => {
  const words = listFlag(context, 'node');
  const known = [...inventory.nodes.map(({ name }) => name), ...tagWords(inventory)];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) return { unknown, remedy: suggestName(unknown, known) };
  const wanted = words.flatMap((word) => {
    const tag = tagInWord(word);
    return tag === undefined ? [word] : nodesTagged(inventory, tag);
  });
  return { nodes: inventory.nodes.filter(({ name }) => words.length === 0 || wanted.includes(name)) };
};

const EXIT = { ok: exitCode.ok, warning: exitCode.degraded, failed: exitCode.down } as const;

export const doctor: CommandRun = async (context) => {
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const { stdout, stderr, clock, random, stopped } = context;
  const chosen = chosenNodes(config, context);
  if ('unknown' in chosen) {
    stderr.write(`plasmatop: there is no node "${chosen.unknown}"\n  ${chosen.remedy}\n`);
    return exitCode.usage;
  }
  const isJson = booleanFlag(context, 'json');
  const text: TextOptions = { ascii: config.ui.ascii, columns: stdout.columns ?? 80 };
  const tell = (section: Section): void => {
    if (!isJson) stdout.write(`${sectionText(section, text)}\n`);
  };
  const links = createLinks({
    nodes: chosen.nodes.flatMap(({ name, ssh: target }) => (target === undefined ? [] : [{ name, target }])),
    ssh: config.ssh,
    runtimeDir: tmpdir(),
    clock,
    onState: () => {},
  });
  const prober = createProber({ tls: config.tls, timeoutMs: config.poll.timeoutMs, clock, random });
  const endpoints = new PQueue({ concurrency: ENDPOINTS_AT_ONCE });
  const queue = new PQueue({ concurrency: NODES_AT_ONCE });
  const all: Doctor = { config, context, links, prober, endpoints };
  const looks = chosen.nodes.map((node) => queue.add(() => sectionOf(all, node)));
  try {
    const sections: Section[] = [];
    // In the order of the configuration, each as soon as all before it are told.
    for (const look of [
      lookHere(config, context, tmpdir()).then((findings) => ({ title: 'here', findings })),
      ...looks,
    ]) {
      const section = await look;
      if (stopped.aborted) return exitCode.ok;
      sections.push(section);
      tell(section);
    }
    const verdict = worstOf(sections);
    const [here, ...nodes] = sections;
    stdout.write(
      isJson
        ? `${JSON.stringify({
            schema: 1,
            cluster: config.cluster,
            verdict,
            here: here?.findings ?? [],
            nodes: nodes.map(({ title, findings }) => ({ name: title, findings })),
          })}\n`
        : summaryText(sections),
    );
    return EXIT[verdict];
  } finally {
    // Told to stop, what is under way ends at once; nothing may ask over what is being closed.
    await Promise.allSettled(looks);
    await Promise.all([links.close(), prober.close()]);
  }
};
