/** Judges values by the published JSON Schemas with another library than the one that made them. */
import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

// A keyword that it does not know is a mistake of the schema.
const options = {
  allErrors: true,
  strictSchema: true,
  strictTuples: true,
  allowUnionTypes: true,
  formats: { ipv4: isIPv4 },
} as const;

/** Those of files are of the draft that editors know best. */
const DRAFTS = { plasmatop: Ajv, topology: Ajv, status: Ajv2020 } as const;

/** What is wrong with a value by docs/NAME.schema.json, a line each; empty when nothing is. */
export const schemaJudge = (name: keyof typeof DRAFTS): ((value: unknown) => readonly string[]) => {
  const file = new URL(`../../docs/${name}.schema.json`, import.meta.url);
  const validate = new DRAFTS[name](options).compile(JSON.parse(readFileSync(file, 'utf8')));
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath}: ${message}`);
  };
};
