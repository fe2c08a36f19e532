/** YAML text with its positions: checks it against a zod schema and turns every complaint into a Problem with a line. */
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import * as z from 'zod';
import type { Problem } from '../core/problem.ts';
import { suggestName } from './names.ts';

// One document is read per start: compiling a parser for it would take longer than it saves.
z.config({ jitless: true });

export type Path = readonly PropertyKey[];

/** Takes a problem at a path of the document: what is wrong, and what to do. */
export type Report = (path: Path, message: string, remedy: string) => void;

export type ProblemAt = (path: Path, message: string, remedy: string, at?: 'value' | 'key') => Problem;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly problemAt: ProblemAt }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * A schema message that carries its own remedy. zod messages are one string, so the remedy follows a line feed.
 * The message starts with "is": what was written is put in front of it.
 */
export const withRemedy = (message: string, remedy: string): string => `${message}\n${remedy}`;

const SECRET = /pass(?:wor[dt]|phrase|wd)?$|secret|token|credential|api_?key/iu;

const remedyFor = (key: string, known: readonly string[]): string =>
  SECRET.test(key)
    ? 'remove it: no secret belongs in this file; ssh asks its agent or you, and TLS keys are files of their own'
    : suggestName(key, known);

/** An object without other keys than these; an unknown one is answered with the nearest that exists. */
export const strict = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? // One remedy a line, in the order of the keys.
          issue.keys.map((key) => remedyFor(key, Object.keys(shape))).join('\n')
        : undefined,
  });

/** In the order of the lines, those without a place last. */
export const sortProblems = (problems: readonly Problem[]): Problem[] =>
  problems.toSorted(
    (a, b) =>
      (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER) ||
      (a.column ?? 0) - (b.column ?? 0),
  );

/** Parses YAML 1.2 and validates it: either the schema's value, or all problems in the order of the lines. */
export const parseYaml = <T>(source: {
  readonly file?: string | undefined;
  readonly text: string;
  readonly schema: z.ZodType<T>;
}): Parsed<T> => {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Pick<Problem, 'file' | 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return {
      ...(source.file === undefined ? {} : { file: source.file }),
      line: Math.max(1, line),
      column: Math.max(1, col),
    };
  };
  const problemAt: ProblemAt = (path, message, remedy, part = 'value') => ({
    ...at(offsetOf(document.contents, path, part)),
    path: formatPath(path),
    message,
    remedy,
  });

  const complaints = [...document.errors, ...document.warnings];
  const tooDeep = complaints.find(({ message }) => /stack (?:size|overflow)/iu.test(message));
  if (tooDeep !== undefined) {
    // What follows it is only the parser falling over its own feet.
    const remedy = 'write it flatter: nothing in this file is nested more than a few levels';
    return {
      ok: false,
      problems: [{ ...at(tooDeep.pos[0]), path: '', message: 'is nested too deeply to be read', remedy }],
    };
  }
  if (complaints.length > 0) {
    const problems = complaints.map((complaint) => ({
      ...at(complaint.pos[0]),
      path: '',
      message: complaint.message,
      remedy: 'correct the YAML: indentation, quotes and colons are the usual causes',
    }));
    return { ok: false, problems: sortProblems(problems) };
  }

  let plain: unknown;
  try {
    // Few aliases: a small file must not unfold into a huge one.
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return { ok: false, problems: [problemAt([], message, 'write the values out instead of using aliases')] };
  }
  const result = source.schema.safeParse(plain, { reportInput: true });
  if (result.success) return { ok: true, value: result.data, problemAt };
  return {
    ok: false,
    problems: sortProblems(result.error.issues.flatMap((issue) => problemsOf(issue, problemAt))),
  };
};

/** Where a path stands in the text; a value that is missing has the place of what is around it. */
const offsetOf = (root: Node | null, path: Path, part: 'value' | 'key'): number => {
  let node = root;
  let offset = node?.range?.[0] ?? 0;
  path.forEach((key, index) => {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      const isLast = index === path.length - 1;
      if (isLast && part === 'key' && isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = isNode(pair?.value) ? pair.value : null;
      if (isLast && part === 'key') return;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)];
      node = isNode(item) ? item : null;
    } else {
      node = null;
    }
    offset = node?.range?.[0] ?? offset;
  });
  return offset;
};

const formatPath = (path: Path): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

const quote = (value: unknown, name: string): string => {
  if (value === null || typeof value === 'object') return `"${name}"`;
  const text = String(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
};

const problemsOf = (issue: z.core.$ZodIssue, problemAt: ProblemAt): Problem[] => {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const remedies = issue.message.split('\n');
    return issue.keys.map((key, index) =>
      problemAt([...path, key], `unknown key "${key}"`, remedies[index] ?? 'remove it', 'key'),
    );
  }
  const last = path.at(-1);
  // An item of a list is known by its list: services[1].
  const name = last === undefined ? 'the file' : typeof last === 'number' ? formatPath(path) : String(last);
  // For a union told apart by a key the path names the key, yet the input is the object around it.
  const written =
    issue.code === 'invalid_union' &&
    typeof issue.input === 'object' &&
    issue.input !== null &&
    'discriminator' in issue
      ? Reflect.get(issue.input, name)
      : issue.input;
  if (written === undefined) return [problemAt(path, `"${name}" is missing`, `add "${name}:" here`)];
  const [message = '', remedy] = issue.message.split('\n');
  if (remedy !== undefined) return [problemAt(path, `${quote(written, name)} ${message}`, remedy)];
  switch (issue.code) {
    case 'invalid_type':
      return [
        problemAt(path, `"${name}" must be ${inWords(issue.expected)}`, `write ${inWords(issue.expected)}`),
      ];
    case 'invalid_value':
      return [oneOf(issue.values.map(String))];
    case 'invalid_union':
      // The only unions without a message of their own are those told apart by a key, such as "kind".
      return [oneOf('options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [])];
    default:
      return [problemAt(path, `${quote(written, name)}: ${message}`, `correct "${name}"`)];
  }

  function oneOf(allowed: readonly string[]): Problem {
    const text = quote(written, name);
    return problemAt(path, `${text} is none of ${allowed.join(', ')}`, suggestName(String(written), allowed));
  }
};

const inWords = (expected: string): string => {
  switch (expected) {
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a block of keys and values';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'string':
      return 'text';
    default:
      return `a ${expected}`;
  }
};
