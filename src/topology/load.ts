/** Reads a topology file: YAML → schema → references. It is taken whole or refused with every reason at once. */
import type { Topology } from '../core/model/topology.ts';
import type { Problem } from '../core/problem.ts';
import { checkReferences } from './references.ts';
import { topologySchema } from './schema.ts';
import { parseYaml, sortProblems } from './source.ts';

export type LoadedTopology =
  | { readonly ok: true; readonly topology: Topology }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses the text of a topology file; `path` is only named in problems, nothing is read. Never throws. */
export const loadTopology = (source: { readonly path?: string; readonly text: string }): LoadedTopology => {
  const parsed = parseYaml({ file: source.path, text: source.text, schema: topologySchema });
  if (!parsed.ok) return parsed;
  const problems: Problem[] = [];
  checkReferences(parsed.value, (path, message, remedy) => {
    problems.push(parsed.problemAt(path, message, remedy));
  });
  return problems.length === 0
    ? { ok: true, topology: parsed.value }
    : { ok: false, problems: sortProblems(problems) };
};
