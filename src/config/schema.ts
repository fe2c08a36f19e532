/** The shape of plasmatop.yaml. Files, references and defaults that depend on each other are load.ts' business. */
import * as z from 'zod';
import { durationSchema, lineSchema, portSchema, shortNameSchema, sizeSchema } from '../topology/fields.ts';
import { strict, withRemedy } from '../topology/source.ts';
import { isAddress, isNodeName, isServerName, isSshName, isUserName, sshOptionFault } from './words.ts';

const nodeNameSchema = z.string().refine(isNodeName, {
  error: withRemedy(
    'is not a node name',
    'use letters, digits, "-", "_", "." and ":", starting with a letter or digit',
  ),
});

const addressSchema = z.string().refine(isAddress, {
  error: withRemedy('is not an address', 'write a host name or an IP address, without port, user or spaces'),
});

const notAnSshName = withRemedy(
  'is not a name for ssh',
  'write an alias of ssh_config, a host name or an address, with user@ in front if need be; options go to ssh_config',
);
const sshNameSchema = z.string().refine(isSshName, { error: notAnSshName });

const serverNameSchema = z.string().refine(isServerName, {
  error: withRemedy('is not a server name', 'write the name in the certificate; {node} stands for the node'),
});

const userSchema = z.string().refine(isUserName, {
  error: withRemedy(
    'is not a user name',
    'use letters, digits, "-", "_" and ".", starting with a letter or "_"',
  ),
});

/** JSON and YAML keys are text: a port written as a key is turned into a number here. */
const portsSchema = z.record(z.string(), portSchema).transform((ports, context) => {
  const map = new Map<number, number>();
  for (const [key, port] of Object.entries(ports)) {
    if (portSchema.safeParse(Number(key)).success) map.set(Number(key), port);
    else {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: withRemedy(
          'is not a port',
          'write the documented port and the one to use instead: 2379: 21379',
        ),
      });
    }
  }
  return map;
});

const nodeSchema = strict({
  name: nodeNameSchema,
  address: addressSchema.exactOptional(),
  ssh: z.union([sshNameSchema, z.literal(false)], { error: notAnSshName }).exactOptional(),
  services: z.array(shortNameSchema).exactOptional(),
  ports: portsSchema.exactOptional(),
  serverName: serverNameSchema.exactOptional(),
  tags: z.array(lineSchema).exactOptional(),
});

/** The core counts within the looks that it remembers; a third of them leaves room for the answers in between. */
const MAX_IN_ROW = 20;

const times = (what: string) => {
  const error = withRemedy('is not a count', `write how many ${what} in a row, from 1 to ${MAX_IN_ROW}`);
  const tooMany = withRemedy(
    'is more looks than may be asked for: only so many are remembered',
    `write how many ${what} in a row, from 1 to ${MAX_IN_ROW}, or a longer interval`,
  );
  return z.int({ error }).min(1, { error }).max(MAX_IN_ROW, { error: tooMany });
};

const sshOptionSchema = z.string().superRefine((option, context) => {
  const fault = sshOptionFault(option);
  if (fault !== undefined)
    context.addIssue({ code: 'custom', message: withRemedy(fault.message, fault.remedy) });
});

const keepError = withRemedy('is not a number of files', 'write how many old files are kept, from 1 to 100');
const batchError = withRemedy('is not a number of targets', 'write how many go at a time, from 1 to 100');
const channelsError = withRemedy('is not a number of channels', 'write a number from 1 to 10');

/** plasmatop.yaml as it is written, with durations in ms and nothing filled in. */
export const configSchema = strict({
  cluster: lineSchema.exactOptional(),
  topology: lineSchema.exactOptional(),
  nodes: z
    .array(z.preprocess((node) => (typeof node === 'string' ? { name: node } : node), nodeSchema))
    .nonempty({ error: withRemedy('holds no node', 'list at least one node: - name: node01') })
    .exactOptional(),
  poll: strict({
    interval: durationSchema.exactOptional(),
    timeout: durationSchema.exactOptional(),
    fall: times('failures').exactOptional(),
    rise: times('passes').exactOptional(),
  }).exactOptional(),
  tls: strict({
    ca: lineSchema.exactOptional(),
    cert: lineSchema.exactOptional(),
    key: lineSchema.exactOptional(),
    insecure: z.boolean().exactOptional(),
    serverName: serverNameSchema.exactOptional(),
  }).exactOptional(),
  ssh: strict({
    enabled: z.boolean().exactOptional(),
    config: lineSchema.exactOptional(),
    user: userSchema.exactOptional(),
    options: z.array(sshOptionSchema).exactOptional(),
    sudo: z.boolean().exactOptional(),
    follow: z.boolean().exactOptional(),
    checkRights: z.boolean().exactOptional(),
    connectTimeout: durationSchema.exactOptional(),
    maxChannels: z
      .int({ error: channelsError })
      .min(1, { error: channelsError })
      // sshd's MaxSessions is 10 unless it was raised.
      .max(10, { error: channelsError })
      .exactOptional(),
  }).exactOptional(),
  ui: strict({
    ascii: z.boolean().exactOptional(),
    color: z
      .union([z.boolean(), z.literal('auto')], {
        error: withRemedy('is not a choice of colour', 'write true, false or auto'),
      })
      .exactOptional(),
  }).exactOptional(),
  readOnly: z.boolean().exactOptional(),
  actions: strict({
    batch: z
      .int({ error: batchError })
      .min(1, { error: batchError })
      .max(100, { error: batchError })
      .exactOptional(),
  }).exactOptional(),
  audit: strict({
    file: lineSchema.exactOptional(),
    maxSize: sizeSchema.exactOptional(),
    keep: z
      .int({ error: keepError })
      .min(1, { error: keepError })
      .max(100, { error: keepError })
      .exactOptional(),
    syslog: z.boolean().exactOptional(),
    reason: z.boolean().exactOptional(),
  }).exactOptional(),
});

export type ConfigFile = z.infer<typeof configSchema>;
export type NodeEntry = z.infer<typeof nodeSchema>;
