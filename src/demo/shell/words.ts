/**
 * A very small POSIX shell reader: quotes, `;`, `&&`, `||`, the two usual redirections and the shell's own number, `$$`;
 * the rest is refused by name.
 */

type Link = ';' | '&&' | '||';

export type ShellCommand = {
  /** How it hangs on the command before it. */
  readonly link: Link;
  readonly words: readonly string[];
  readonly stdout: 'out' | 'null';
  readonly stderr: 'err' | 'out' | 'null';
};

export type Script =
  | { readonly ok: true; readonly commands: readonly ShellCommand[] }
  | { readonly ok: false; readonly message: string };

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'redirect'; readonly text: string };

const WORD_ENDS = /[\s;&|<>()]/u;
const REDIRECT = /^(?:2>&1|[12]?>\s*\/dev\/null)(?![^\s;&|])/u;

class Refusal extends Error {}

/** Any process would do. */
const OWN_PID = '4711';

const refuse = (what: string): Refusal => new Refusal(`sh: 1: the demo's shell does not understand ${what}`);

/** Reads one word from `from`; returns it and where it ended. */
const readWord = (text: string, from: number): { readonly word: string; readonly end: number } => {
  let word = '';
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (WORD_ENDS.test(char)) break;
    if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Refusal('sh: 1: Syntax error: Unterminated quoted string');
      word += text.slice(at + 1, end);
      at = end + 1;
    } else if (char === '"') {
      const quoted = readDouble(text, at + 1);
      word += quoted.word;
      at = quoted.end;
    } else if (char === '\\') {
      // Before a line feed it joins the lines; as the last character it stands for itself.
      const next = text.charAt(at + 1);
      if (next !== '\n') word += next || '\\';
      at += 2;
    } else if (text.startsWith('$$', at)) {
      word += OWN_PID;
      at += 2;
    } else if (char === '$' || char === '`') throw refuse(`"${char}"`);
    else {
      word += char;
      at += 1;
    }
  }
  return { word, end: at };
};

const readDouble = (text: string, from: number): { readonly word: string; readonly end: number } => {
  let word = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return { word, end: at + 1 };
    if (text.startsWith('$$', at)) {
      at += 1;
      word += OWN_PID;
      continue;
    }
    if (char === '$' || char === '`') throw refuse(`"${char}"`);
    if (char === '\\' && '"\\$`'.includes(text.charAt(at + 1))) {
      at += 1;
      word += text.charAt(at);
    } else word += char;
  }
  throw new Refusal('sh: 1: Syntax error: Unterminated quoted string');
};

const tokens = (text: string): readonly Token[] => {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const redirect = REDIRECT.exec(rest)?.[0];
    const two = rest.slice(0, 2);
    const char = rest.charAt(0);
    if (redirect !== undefined) {
      found.push({ kind: 'redirect', text: redirect });
      at += redirect.length;
    } else if (two === '&&' || two === '||') {
      found.push({ kind: 'link', link: two });
      at += 2;
    } else if (char === ';' || char === '\n') {
      found.push({ kind: 'link', link: ';' });
      at += 1;
    } else if (two === '\\\n') at += 2;
    else if (/\s/u.test(char)) at += 1;
    else if (char === '#') at += rest.includes('\n') ? rest.indexOf('\n') : rest.length;
    else if (WORD_ENDS.test(char)) throw refuse(`"${char}"`);
    else {
      const { word, end } = readWord(text, at);
      found.push({ kind: 'word', text: word });
      at = end;
    }
  }
  return found;
};

const commandsOf = (found: readonly Token[]): readonly ShellCommand[] => {
  const commands: ShellCommand[] = [];
  let link: Link = ';';
  let words: string[] = [];
  let stdout: ShellCommand['stdout'] = 'out';
  let stderr: ShellCommand['stderr'] = 'err';
  const end = (next: Link): void => {
    if (words.length > 0) commands.push({ link, words, stdout, stderr });
    else if (next !== ';') throw new Refusal(`sh: 1: Syntax error: "${next}" unexpected`);
    link = words.length > 0 || next !== ';' ? next : link;
    words = [];
    stdout = 'out';
    stderr = 'err';
  };
  for (const token of found) {
    if (token.kind === 'word') words.push(token.text);
    else if (token.kind === 'link') end(token.link);
    else if (token.text === '2>&1') stderr = 'out';
    else if (token.text.startsWith('2')) stderr = 'null';
    else stdout = 'null';
  }
  end(';');
  return commands;
};

/** The commands of a script, or the shell's complaint about it. */
export const parseScript = (text: string): Script => {
  try {
    return { ok: true, commands: commandsOf(tokens(text)) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message };
    throw error;
  }
};
