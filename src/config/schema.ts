/**
 * The shape of plasmatop.yaml, and what each key is for: the JSON Schema, the comments that `init` writes and
 * docs/configuration-reference.md say it in these words. Files, references and defaults that depend on each other are
 * load.ts' business.
 */
import * as z from 'zod';
import { BANNER_COLORS, THEMES } from '../core/look.ts';
import { durationSchema, lineSchema, orWord, shortNameSchema, sizeSchema } from '../topology/fields.ts';
import { strict, withRemedy } from '../topology/source.ts';
import {
  addressSchema,
  bannerTextSchema,
  count,
  fileSchema,
  groupsSchema,
  keysSchema,
  nodeNameSchema,
  portsSchema,
  serverNameSchema,
  sshOptionSchema,
  sshSchema,
  times,
  userSchema,
} from './scalars.ts';

type About = {
  /** What holds without it, where that is one value; a test holds it against the loader. */
  readonly default?: unknown;
  /** As a person would write it. */
  readonly examples?: readonly unknown[];
};

/** A key that may be left out. The description is plain text, in whole sentences. */
const key = <S extends z.ZodType>(schema: S, description: string, about: About = {}) =>
  z.exactOptional(schema).meta({ description, ...about });

const nodeSchema = strict({
  name: nodeNameSchema.meta({
    description: 'How the node is called on the screen, on the command line and in the audit.',
    examples: ['node01'],
  }),
  address: key(addressSchema, 'Where the probes connect. Default: the name.', { examples: ['10.0.0.12'] }),
  ssh: key(
    sshSchema,
    'What ssh is given: an alias of ssh_config, a host name or an address. Default: the address. false: no ssh to this node; it is watched by its endpoints alone, and nothing can be done there.',
    { examples: ['ops@node02'] },
  ),
  services: key(z.array(shortNameSchema), 'Only these services run here. Default: all of the topology.', {
    examples: [['chainfire', 'flaredb']],
  }),
  ports: key(portsSchema, 'The documented port, and the port to use on this node instead.', {
    examples: [{ 2379: 12379 }],
  }),
  serverName: key(
    serverNameSchema,
    "The name that this node's certificate carries. Default: tls.serverName, then the address.",
    { examples: ['node02.prod.example'] },
  ),
  tags: key(
    z.array(lineSchema),
    'Free words. @rack-r07 stands for all nodes with that tag in --nodes, --node and the filter. A failure that all nodes with a tag share, and no others, is told by it.',
    { examples: [['rack-r07']] },
  ),
}).meta({ description: 'A node in full.' });

/** What a service or one of its checks may have of its own; `above` is what holds without it. */
const ownPace = (above: string) => ({
  interval: key(durationSchema, `How often it is asked, at least 100ms. Default: as ${above} says.`, {
    examples: ['10s'],
  }),
  timeout: key(
    durationSchema,
    `How long an answer may take. Must be shorter than the interval. Default: as ${above} says.`,
    { examples: ['800ms'] },
  ),
  fall: key(times('failures'), `Failures in a row until it counts as failing. Default: as ${above} says.`, {
    examples: [3],
  }),
  rise: key(times('passes'), `Passes in a row until it counts as passing again. Default: as ${above} says.`, {
    examples: [2],
  }),
});

/** plasmatop.yaml as it is written, with durations in ms and nothing filled in. */
export const configSchema = strict({
  cluster: key(lineSchema, 'Shown in the header. Default: the name of the topology.', {
    examples: ['prod-tokyo'],
  }),
  topology: key(
    fileSchema,
    'Which services there are and what they need of each other. plasmacloud is built in; anything else is the path of a topology file.',
    { default: 'plasmacloud' },
  ),
  nodes: key(
    z
      .array(orWord('name', nodeSchema))
      .nonempty({ error: withRemedy('holds no node', 'list at least one node: - name: node01') }),
    'The nodes that are watched. A name alone is the address and the name for ssh as well, and every service runs there. Needed, unless --nodes names them.',
    { examples: [['node01', 'node02', 'node03']] },
  ),
  groups: key(
    groupsSchema,
    'Tags that are written beside the nodes instead of at each: the nodes of a group carry its name as a tag.',
    { examples: [{ storage: ['node01', 'node02'] }] },
  ),
  poll: key(
    strict({
      interval: key(durationSchema, 'How often each check is made, at least 100ms.', { default: '2s' }),
      timeout: key(
        durationSchema,
        'How long one answer may take. Must be shorter than the interval; three quarters of it where the interval is shorter than 2s.',
        { default: '1500ms' },
      ),
      fall: key(
        times('failures'),
        'Failures in a row until a check counts as failing. To wait longer, lengthen the interval: only so many looks are remembered.',
        { default: 2 },
      ),
      rise: key(times('passes'), 'Passes in a row until it counts as passing again.', { default: 1 }),
    }),
    'When the nodes are asked, and how soon an answer counts.',
  ),
  services: key(
    z.record(
      z.string(),
      strict({
        slow: key(
          durationSchema,
          'An answer that takes longer is degraded. Default: as its topology says, or 750ms.',
          { examples: ['50ms'] },
        ),
        ...ownPace('poll'),
        checks: key(
          z.record(
            z.string(),
            strict({
              slow: key(durationSchema, 'The same for this check alone.', { examples: ['20ms'] }),
              ...ownPace('the service'),
            }),
          ),
          'By the id of a check of this service, as `plasmatop explain SERVICE` names it.',
          { examples: [{ dns: { slow: '20ms', fall: 3 } }] },
        ),
      }),
    ),
    'By the name of a service: what holds for it, or for one of its checks, in place of what the topology and poll say.',
    { examples: [{ flashdns: { slow: '50ms', timeout: '800ms' } }] },
  ),
  tls: key(
    strict({
      ca: key(
        fileSchema,
        "The authority that signed the nodes' certificates, as PEM. Default: those of the system.",
        { examples: ['ca.pem'] },
      ),
      cert: key(fileSchema, 'A client certificate, where the nodes ask for one, as PEM. Needs key as well.', {
        examples: ['client.pem'],
      }),
      key: key(fileSchema, 'The key of the client certificate, as PEM and without a passphrase.', {
        examples: ['client-key.pem'],
      }),
      warnDays: key(
        count(365, 'days', 'write a number of days, from 1 to 365'),
        'A certificate that ends within so many days is mentioned.',
        { default: 14 },
      ),
      insecure: key(z.boolean(), 'true: certificates are not verified at all, and the screen says so.', {
        default: false,
      }),
      serverName: key(
        serverNameSchema,
        "The name in the certificates; {node} stands for the node's name. Default: the address of each node.",
        { examples: ['{node}.prod.example'] },
      ),
    }),
    'How the certificates of the endpoints are verified.',
  ),
  ssh: key(
    strict({
      enabled: key(z.boolean(), 'false: no ssh at all; the endpoints alone are watched.', { default: true }),
      config: key(fileSchema, 'Another ssh_config than your own.', { examples: ['ssh_config'] }),
      user: key(userSchema, 'The user on the nodes. Default: as ssh_config says.', { examples: ['ops'] }),
      options: key(z.array(sshOptionSchema), 'Words for ssh -o. Those that run a program are refused.', {
        default: [],
        examples: [['ServerAliveInterval=5']],
      }),
      sudo: key(z.boolean(), 'Actions on the nodes run as sudo -n systemctl …; false: as the user itself.', {
        default: true,
      }),
      follow: key(
        z.boolean(),
        "systemd's signals and the journal of each node are followed, by two more ssh processes per node on this host, of about 2 MB each; false: a look every interval alone, and no log lines.",
        { default: true },
      ),
      checkRights: key(
        z.boolean(),
        "Each node's sudo is asked beforehand what the user may do; false: it is tried.",
        { default: true },
      ),
      connectTimeout: key(durationSchema, 'How long a connection may take to stand.', { default: '5s' }),
      maxChannels: key(
        // sshd's MaxSessions is 10 unless it was raised.
        count(10, 'channels', 'write a number from 1 to 10'),
        "Commands at once over one node's connection; 10 is sshd's own limit.",
        { default: 4 },
      ),
    }),
    "The connections to the nodes, through the system's own OpenSSH client.",
  ),
  ui: key(
    strict({
      ascii: key(z.boolean(), 'true: no characters beyond ASCII.', { default: false }),
      color: key(
        z
          .union([z.boolean(), z.literal('auto')], {
            error: withRemedy('is not a choice of colour', 'write true, false or auto'),
          })
          .meta({ title: 'true, false or auto' }),
        'auto: coloured on a terminal, unless NO_COLOR is set.',
        { default: 'auto' },
      ),
      screenReader: key(
        z.boolean(),
        'true: no screen is drawn; what is there and what changes is written as lines that a screen reader can read out. --screen-reader and INK_SCREEN_READER=true do the same.',
        { default: false },
      ),
      theme: key(
        z.enum(THEMES),
        'The colours of the verdicts. default serves dark and light grounds alike; dark, light, high-contrast (on a dark ground), colour-blind (dark) and colour-blind-light are each made for one.',
        { default: 'default' },
      ),
    }),
    'What the screen looks like.',
  ),
  banner: key(
    orWord(
      'text',
      strict({
        text: bannerTextSchema.meta({ description: 'What it says.', examples: ['PRODUCTION'] }),
        color: key(z.enum(BANNER_COLORS), 'Its ground. Default: red.'),
      }).meta({ description: 'A banner in full.' }),
    ),
    'Which environment this is: on the screen beside the name of the cluster, and in every question before an action. A text alone is red.',
    { examples: ['PRODUCTION', { text: 'STAGING', color: 'blue' }] },
  ),
  keys: key(
    keysSchema,
    'Commands on other keys than their own, by the names in keys.md: one key, several, or none.',
    { examples: [{ restart: ['Z', 'ctrl-r'], 'next-problem': 'tab', shell: 'none' }] },
  ),
  readOnly: key(z.boolean(), 'true: every action on the cluster is refused.', { default: false }),
  actions: key(
    strict({
      batch: key(
        count(100, 'targets', 'write how many go at a time, from 1 to 100'),
        'How many targets of a rolling operation go at a time when the console begins it; the command line has --batch.',
        { default: 1 },
      ),
    }),
    'How actions are done.',
  ),
  audit: key(
    strict({
      file: key(
        fileSchema,
        'One JSON line before and after each action. Default: $XDG_STATE_HOME/plasmatop/audit.jsonl.',
        { examples: ['audit.jsonl'] },
      ),
      maxSize: key(sizeSchema, 'Before it would grow beyond this it becomes FILE.1, that FILE.2 and so on.', {
        default: '10MiB',
      }),
      keep: key(
        count(100, 'files', 'write how many old files are kept, from 1 to 100'),
        'So many old files are kept.',
        { default: 10 },
      ),
      syslog: key(
        z.boolean(),
        "A copy of each record goes to the system's log: logger -t plasmatop -p authpriv.notice. The file stays the record.",
        { default: false },
      ),
      reason: key(
        z.boolean(),
        'true: nothing runs without a reason; the console asks for it, the command line takes --reason.',
        { default: false },
      ),
    }),
    'The record of what was done from here.',
  ),
});

export type ConfigFile = z.infer<typeof configSchema>;
export type NodeEntry = z.infer<typeof nodeSchema>;
