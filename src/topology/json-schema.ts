/** A file's shape as JSON Schema: what a person writes, for editors and other tools. */
import * as z from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Draft 7: the newest that the usual language servers for YAML read in full. */
const TARGET = 'draft-7';

/** Whole numbers without a limit are given JavaScript's own, which says nothing to a person. */
const withoutNumberLimits = (schema: JsonSchema): void => {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
};

/** zod leaves out what is said of a value that it transforms: there it means the result. Here it is what is written. */
const withAbout = (schema: JsonSchema, about: z.GlobalMeta | undefined): void => {
  if (about?.default !== undefined) schema.default = about.default;
  if (Array.isArray(about?.examples)) schema.examples = about.examples;
};

/** A block that one of its values may stand for is either of the two. */
const withShorthand = (schema: JsonSchema): void => {
  const { shorthand, ...block } = schema;
  if (typeof shorthand !== 'string') return;
  const word = block.properties?.[shorthand];
  if (typeof word !== 'object') return;
  for (const key of Object.keys(schema)) delete schema[key];
  schema.anyOf = [word, block];
};

/** The JSON Schema of what is written into a file that `schema` reads. */
export const jsonSchemaOf = (schema: z.ZodType, title: string, description: string): JsonSchema => {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: TARGET,
    override: ({ zodSchema, jsonSchema }) => {
      withAbout(jsonSchema, z.globalRegistry.get(zodSchema));
      withoutNumberLimits(jsonSchema);
      withShorthand(jsonSchema);
    },
  });
  return { ...($schema === undefined ? {} : { $schema }), title, description, ...rest };
};
