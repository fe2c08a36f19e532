/** Writes docs/status.schema.json from status-schema.ts. Run: npm run generate */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { statusSchema } from './status-schema.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** The JSON Schema as data. */
export const statusJsonSchema = (): unknown => z.toJSONSchema(statusSchema);

if (import.meta.main) {
  const file = pathOf('docs/status.schema.json');
  writeFileSync(file, `${JSON.stringify(statusJsonSchema(), null, 2)}\n`);
  execFileSync(pathOf('node_modules/.bin/biome'), ['format', '--write', file], { stdio: 'inherit' });
}
