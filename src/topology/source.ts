/** YAML text with its positions: checks it against a zod schema and turns every complaint into a Problem with a line. */
import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Problem } from '../core/problem.ts';
import { suggestName } from './names.ts';

type Path = readonly PropertyKey[];

/** Reports a problem at a path of the document. */
export type Report = (path: Path, message: string, remedy: string) => void;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly problemAt: ProblemAt }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type ProblemAt = (path: Path, message: string, remedy: string, at?: 'value' | 'key') => Problem;

/**
 * A schema message that carries its own remedy. zod messages are one string, so the remedy follows a line feed.
 */
export const withRemedy = (message: string, remedy: string): string => `${message}\n${remedy}`;

/** An object without other keys than these; an unknown one is answered with the nearest that exists. */
export const strict = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? // One remedy a line, in the order of the keys.
          issue.keys.map((key) => suggestName(key, Object.keys(shape))).join('\n')
        : undefined,
  });

const formatPath = (path: Path): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

const lastKey = (path: Path): string => String(path.at(-1) ?? 'the document');

/** Parses YAML 1.2 and validates it: either the schema's value, or all problems in the order of the lines. */
export const parseYaml = <T>(source: {
  readonly file?: string | undefined;
  readonly text: string;
  readonly schema: z.ZodType<T>;
}): Parsed<T> => {
  const lines = new LineCounter();
  // Aliases are cheap to write and dear to expand; a config needs few.
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const file = source.file === undefined ? {} : { file: source.file };

  const placeOf = (offset: number | undefined) => {
    if (offset === undefined) return {};
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };

  const offsetOf = (path: Path, at: 'value' | 'key'): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const key = path[length - 1];
      if (at === 'key' && length === path.length && length > 0) {
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
        const pair = isMap(parent)
          ? parent.items.find((item) => isNode(item.key) && String(item.key) === String(key))
          : undefined;
        if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
      }
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      // A missing value has no place of its own: point at the nearest thing around it.
      if (isNode(node) && node.range) return node.range[0];
    }
    return undefined;
  };

  const problemAt: ProblemAt = (path, message, remedy, at = 'value') => ({
    ...file,
    ...placeOf(offsetOf(path, at)),
    path: formatPath(path),
    message,
    remedy,
  });

  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      ...file,
      ...placeOf(error.pos[0]),
      path: '',
      message: error.message.replace(/\s+/gu, ' '),
      remedy: 'correct the YAML: indentation, quotes and colons are the usual causes',
    }));
    return { ok: false, problems };
  }

  const plain = toPlain(() => document.toJS({ maxAliasCount: 100 }));
  if (!plain.ok) {
    return {
      ok: false,
      problems: [problemAt([], plain.message, 'write the values out instead of using aliases')],
    };
  }
  const result = source.schema.safeParse(plain.value);
  if (result.success) return { ok: true, value: result.data, problemAt };

  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, problemAt, plain.value));
  return { ok: false, problems: sortProblems(problems) };
};

/** In the order of the lines, those without a place last. */
export const sortProblems = (problems: readonly Problem[]): Problem[] =>
  problems.toSorted(
    (a, b) =>
      (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER) ||
      (a.column ?? 0) - (b.column ?? 0),
  );

type Plain =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

const toPlain = (read: () => unknown): Plain => {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'cannot be read' };
  }
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined,
    value,
  );

const problemsOf = (issue: z.core.$ZodIssue, problemAt: ProblemAt, document: unknown): Problem[] => {
  const { path } = issue;
  const name = lastKey(path);
  if (issue.code === 'unrecognized_keys') {
    const remedies = issue.message.split('\n');
    return issue.keys.map((key, index) =>
      problemAt([...path, key], `unknown key "${key}"`, remedies[index] ?? 'remove it', 'key'),
    );
  }
  const [message = '', remedy] = issue.message.split('\n');
  if (remedy !== undefined) return [problemAt(path, message, remedy)];
  if (valueAt(document, path) === undefined) {
    return [problemAt(path, `"${name}" is missing`, `add "${name}:" here`)];
  }
  switch (issue.code) {
    case 'invalid_type':
      return [
        problemAt(path, `"${name}" must be ${article(issue.expected)}`, `write ${article(issue.expected)}`),
      ];
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const written = String(valueAt(document, path));
      return [
        problemAt(path, `"${written}" is none of ${allowed.join(', ')}`, suggestName(written, allowed)),
      ];
    }
    case 'invalid_union': {
      // A discriminated union whose kind is unknown: the schema's options say what it may be.
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      const written = String(valueAt(document, path));
      return [problemAt(path, `"${written}" is not known here`, suggestName(written, options))];
    }
    default:
      return [problemAt(path, `"${name}": ${message.toLowerCase()}`, 'correct the value')];
  }
};

const article = (expected: string): string => {
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
      return 'a text';
    default:
      return `a ${expected}`;
  }
};
