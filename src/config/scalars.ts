/** The single values of plasmatop.yaml, each with its own complaint and remedy. */
import * as z from 'zod';
import { BINDINGS } from '../keys/bindings.ts';
import { remappable } from '../keys/remap.ts';
import { lineSchema, portSchema, shortNameSchema } from '../topology/fields.ts';
import { withRemedy } from '../topology/source.ts';
import {
  isAddress,
  isNodeName,
  isServerName,
  isSshName,
  isUserName,
  NODE_NAME,
  sshOptionFault,
  USER_NAME,
} from './words.ts';

export const nodeNameSchema = z
  .string()
  .refine(isNodeName, {
    error: withRemedy(
      'is not a node name',
      'use letters, digits, "-", "_", "." and ":", starting with a letter or digit',
    ),
  })
  .meta({ title: 'node name', pattern: NODE_NAME.source });

/** Editors know no IPv6: their pattern takes somewhat more than the loader. */
const ADDRESS_LIKE = '^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$';

export const addressSchema = z
  .string()
  .refine(isAddress, {
    error: withRemedy(
      'is not an address',
      'write a host name or an IP address, without port, user or spaces',
    ),
  })
  .meta({ title: 'address', pattern: ADDRESS_LIKE });

const notAnSshName = withRemedy(
  'is not a name for ssh',
  'write an alias of ssh_config, a host name or an address, with user@ in front if need be; options go to ssh_config',
);
const sshNameSchema = z
  .string()
  .refine(isSshName, { error: notAnSshName })
  .meta({ pattern: '^(?!-)[A-Za-z0-9_.:@%-]+$' });

/** A name for ssh, or false. */
export const sshSchema = z
  .union([sshNameSchema, z.literal(false)], { error: notAnSshName })
  .meta({ title: 'name for ssh, or false' });

export const serverNameSchema = z
  .string()
  .refine(isServerName, {
    error: withRemedy(
      'is not a server name',
      'write the name in the certificate; {node} stands for the node',
    ),
  })
  .meta({ title: 'server name', pattern: '^[A-Za-z0-9_:{][A-Za-z0-9_.:%{}-]*$' });

export const userSchema = z
  .string()
  .refine(isUserName, {
    error: withRemedy(
      'is not a user name',
      'use letters, digits, "-", "_" and ".", starting with a letter or "_"',
    ),
  })
  .meta({ title: 'user name', pattern: USER_NAME.source });

/** A terminal of 40 columns has room for no more beside the age of what is seen. */
const BANNER_MAX = 20;

export const bannerTextSchema = lineSchema
  .refine((text) => text.trim() !== '' && text.length <= BANNER_MAX, {
    error: withRemedy(
      `is not a text of 1 to ${BANNER_MAX} characters`,
      'write the name of the environment: PRODUCTION',
    ),
  })
  .meta({ title: 'short text', maxLength: BANNER_MAX });

export const fileSchema = lineSchema.meta({ title: 'file' });

/** JSON and YAML keys are text: a port written as a key is turned into a number here. */
export const portsSchema = z
  .record(z.string().meta({ pattern: '^[0-9]+$' }), portSchema)
  .transform((ports, context) => {
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
  })
  .meta({ title: 'documented port: port' });

/** The core counts within the looks that it remembers; a third of them leaves room for the answers in between. */
const MAX_IN_ROW = 20;

/** How many looks in a row. */
export const times = (what: string) => {
  const error = withRemedy('is not a count', `write how many ${what} in a row, from 1 to ${MAX_IN_ROW}`);
  const tooMany = withRemedy(
    'is more looks than may be asked for: only so many are remembered',
    `write how many ${what} in a row, from 1 to ${MAX_IN_ROW}, or a longer interval`,
  );
  return z.int({ error }).min(1, { error }).max(MAX_IN_ROW, { error: tooMany });
};

/** A whole number from 1 on. */
export const count = (max: number, what: string, remedy: string) => {
  const error = withRemedy(`is not a number of ${what}`, remedy);
  return z.int({ error }).min(1, { error }).max(max, { error });
};

export const sshOptionSchema = z
  .string()
  .superRefine((option, context) => {
    const fault = sshOptionFault(option);
    if (fault !== undefined)
      context.addIssue({ code: 'custom', message: withRemedy(fault.message, fault.remedy) });
  })
  .meta({ title: 'Key=value', pattern: '^[A-Za-z][A-Za-z0-9]*=.+$' });

/** A digit that stands alone is a number to YAML. */
const chordSchema = z.union([z.string(), z.int().min(0).max(9)]);

const notKeys = withRemedy(
  'is not a key',
  'write a key, a list of keys, or none; in quotes what YAML reads as something else',
);

/** Which commands and keys there are is src/keys' business; keys.ts holds what is written against it. */
export const keysSchema = z
  .record(
    z.string().meta({ enum: remappable(BINDINGS) }),
    z.union([chordSchema, z.array(chordSchema).nonempty()], { error: notKeys }),
  )
  .meta({ title: 'command: key' });

const notAGroup = withRemedy(
  'is not a name of a group',
  'use lower-case letters, digits, "-", "_" and ".", starting with a letter or digit',
);
const emptyGroup = withRemedy('holds no node', 'list the names of its nodes: storage: [node01, node02]');

export const groupsSchema = z
  .record(shortNameSchema, z.array(nodeNameSchema).nonempty({ error: emptyGroup }), {
    error: (issue) => (issue.code === 'invalid_key' ? notAGroup : undefined),
  })
  .meta({ title: 'name: list of nodes' });
