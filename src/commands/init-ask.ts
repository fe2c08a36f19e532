/** The questions of `init`: each with what holds when nothing is typed, asked again until the answer can be used. */
import { existsSync } from 'node:fs';
import { type NamedNode, nodeOfWord, nodeProblems } from '../config/node-sources.ts';
import { isUserName } from '../config/words.ts';
import { formatProblems } from '../core/problem.ts';
import { readLine } from './act-ask.ts';
import type { CommandContext } from './context.ts';

/** Undefined when the input ended or a signal came: then nothing is written. */
type Answer<T> = Promise<T | undefined>;

/** Asks until `read` has no complaint. */
const ask = async <T>(
  context: CommandContext,
  question: string,
  read: (said: string) => { readonly value: T } | { readonly complaint: string },
): Answer<{ readonly value: T }> => {
  for (;;) {
    context.stderr.write(`${question} `);
    const said = await readLine(context);
    if (said === undefined || context.stopped.aborted) {
      context.stderr.write('\n');
      return undefined;
    }
    const answer = read(said);
    if ('value' in answer) return answer;
    context.stderr.write(`${answer.complaint}\n`);
  }
};

export const askNodes = async (context: CommandContext): Answer<readonly NamedNode[]> => {
  const answer = await ask(
    context,
    'Nodes, by name or name=address, with spaces between:\n ',
    (said): { readonly value: readonly NamedNode[] } | { readonly complaint: string } => {
      const nodes = said
        .split(/[\s,]+/u)
        .filter((word) => word !== '')
        .map((word, index) => nodeOfWord(word, { file: `node ${index + 1}` }));
      if (nodes.length === 0) return { complaint: 'At least one, like: node01 node02=10.0.0.12' };
      const problems = nodeProblems(nodes);
      return problems.length === 0 ? { value: nodes } : { complaint: formatProblems(problems) };
    },
  );
  return answer?.value;
};

/** A text, or nothing: `fault` says why it cannot be used. */
const askText = (
  context: CommandContext,
  question: string,
  fault: (said: string) => string | undefined,
): Answer<{ readonly value: string | undefined }> =>
  ask<string | undefined>(context, question, (said) => {
    if (said === '') return { value: undefined };
    const complaint = fault(said);
    return complaint === undefined ? { value: said } : { complaint };
  });

export const askCluster = (context: CommandContext, otherwise: string) =>
  askText(context, `Name of the cluster [${otherwise}]:`, (said) =>
    said.length > 400 ? 'Shorter: at most 400 characters.' : undefined,
  );

export const askAuthority = (context: CommandContext, locate: (path: string) => string) =>
  askText(context, "Authority of the certificates, a PEM file [the system's]:", (said) =>
    existsSync(locate(said)) ? undefined : `There is no ${locate(said)}: name a file, or nothing.`,
  );

export const askUser = (context: CommandContext) =>
  askText(context, 'User on the nodes [as ssh_config says]:', (said) =>
    isUserName(said) ? undefined : 'Letters, digits, "-", "_" and ".", starting with a letter or "_".',
  );

export const askReadOnly = (context: CommandContext): Answer<{ readonly value: boolean }> =>
  ask<boolean>(context, 'Only watch, refuse every action? [y/N]', (said) => {
    if (/^(?:n|no)?$/iu.test(said)) return { value: false };
    return /^y(?:es)?$/iu.test(said) ? { value: true } : { complaint: 'y or n.' };
  });
