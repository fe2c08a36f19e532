import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { statusJsonSchema } from '../../../scripts/generate-status-schema.ts';
import { statusSchema } from '../../../scripts/status-schema.ts';
import { statusJson } from '../../../src/commands/status-text.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { sampleInventory } from '../../helpers/sample-cluster.ts';
import { schemaJudge } from '../../helpers/schema-judge.ts';
import { startIncident } from '../core/situations/incident.ts';
import { SITUATIONS } from '../core/situations/table.ts';

/** The published schema, read by another library than the one that made it. */
const judge = schemaJudge('status');

test('the document in docs is that of the schema', () => {
  const file = readFileSync(new URL('../../../docs/status.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(file), 'run npm run generate').toEqual(JSON.parse(JSON.stringify(statusJsonSchema())));
});

describe.each(SITUATIONS)('$name', ({ nodes = 3, scenario, happens }) => {
  test('is told in the documented shape, and nothing else', () => {
    const incident = startIncident(nodes, scenario);
    happens(incident);
    const told: unknown = JSON.parse(
      statusJson(incident.state(), sampleInventory(nodes), builtinTopology(), incident.known().facts),
    );
    // Strict: a field that is not documented fails as well as one that is missing.
    expect(() => statusSchema.parse(told)).not.toThrow();
    expect(judge(told)).toEqual([]);
  });
});
