/** The keys of plasmatop.yaml as a table, read off its JSON Schema: for the reference and for a written configuration. */
import { stringify } from 'yaml';
import { type JsonSchema, jsonSchemaOf } from '../topology/json-schema.ts';
import { configSchema } from './schema.ts';

export type ConfigKey = {
  /** As it is written in its block: `interval`. */
  readonly name: string;
  /** What may stand there, in words: "duration", "whole number, 1 to 20". */
  readonly kind: string;
  readonly about: string;
  readonly needed: boolean;
  /** What holds without it, as YAML on one line. */
  readonly default?: string;
  /** As YAML on one line. */
  readonly example?: string;
};

export type ConfigBlock = {
  /** `poll`; `nodes[]` for each of a list; empty for the file itself. */
  readonly path: string;
  readonly about: string;
  readonly keys: readonly ConfigKey[];
};

/** The JSON Schema of plasmatop.yaml. */
export const configJsonSchema = (): JsonSchema =>
  jsonSchemaOf(configSchema, 'plasmatop.yaml', 'The configuration of plasmatop.');

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === 'object' && schema !== null;

/** A value as it stands behind a key, on one line. */
export const inlineYaml = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd();

const rangeOf = ({ minimum, maximum }: JsonSchema): string =>
  minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : '';

/** What may stand there, in words. */
const kindOf = (schema: JsonSchema): string => {
  if (schema.title !== undefined) return schema.title;
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    case 'number':
      return `number${rangeOf(schema)}`;
    case 'array':
      return isSchema(schema.items) ? `list: ${kindOf(schema.items)}` : 'list';
    case 'object':
      return 'block';
    default:
      return (schema.anyOf ?? []).filter(isSchema).map(kindOf).join(', or ') || 'text';
  }
};

const keyOf = (name: string, schema: JsonSchema, needed: boolean): ConfigKey => {
  const [example] = schema.examples ?? [];
  return {
    name,
    kind: kindOf(schema),
    about: schema.description ?? '',
    needed,
    ...(schema.default === undefined ? {} : { default: inlineYaml(schema.default) }),
    ...(example === undefined ? {} : { example: inlineYaml(example) }),
  };
};

const schemasOf = (properties: JsonSchema['properties']): (readonly [string, JsonSchema])[] =>
  Object.entries(properties ?? {}).flatMap(([name, schema]) =>
    isSchema(schema) ? [[name, schema] as const] : [],
  );

/** The block of a schema and those inside it, outermost first. */
const blocksOf = (path: string, about: string, schema: JsonSchema): ConfigBlock[] => {
  const inside = (deeper: string, value: JsonSchema): ConfigBlock[] =>
    blocksOf(deeper, value.description ?? '', value);
  if (schema.anyOf !== undefined) return schema.anyOf.filter(isSchema).flatMap((one) => inside(path, one));
  if (isSchema(schema.items)) return inside(`${path}[]`, schema.items);
  if (isSchema(schema.additionalProperties)) return inside(`${path}.NAME`, schema.additionalProperties);
  if (schema.properties === undefined) return [];
  const entries = schemasOf(schema.properties);
  const keys = entries.map(([name, value]) => keyOf(name, value, schema.required?.includes(name) ?? false));
  return [
    { path, about, keys },
    ...entries.flatMap(([name, value]) =>
      blocksOf(path === '' ? name : `${path}.${name}`, value.description ?? '', value),
    ),
  ];
};

/** Every block of plasmatop.yaml with its keys, in the order in which they are written. */
export const configBlocks = (): ConfigBlock[] => blocksOf('', '', configJsonSchema());
