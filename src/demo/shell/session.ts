/** One script running on a simulated node: its commands one after the other, each until it ends. */
import { runCommand } from './commands.ts';
import type { Output, Reply, Shell } from './reply.ts';
import { parseScript, type ShellCommand } from './words.ts';

const EXIT = new Set(['exit', 'logout']);

export class ScriptRun {
  readonly #shell: () => Shell | undefined;
  readonly #commands: ShellCommand[];
  #current: { readonly command: ShellCommand; readonly reply: Reply } | undefined;
  #code = 0;
  #refusal: string | undefined;
  #exited = false;

  /** `shell` is asked for each command: the node may have rebooted, or be gone, since the last one. */
  constructor(script: string, shell: () => Shell | undefined) {
    const parsed = parseScript(script);
    this.#shell = shell;
    this.#commands = parsed.ok ? [...parsed.commands] : [];
    this.#refusal = parsed.ok ? undefined : `${parsed.message}\n`;
  }

  /** The script said `exit`: an interactive shell ends with it. */
  get exited(): boolean {
    return this.#exited;
  }

  /** Everything written since the last call; `code` is given once, when the script has ended. */
  poll(): Output {
    if (this.#refusal !== undefined) return { out: '', err: this.#refusal, code: 2 };
    let out = '';
    let err = '';
    for (;;) {
      if (this.#current === undefined && !this.#begin()) return { out, err, code: this.#code };
      if (this.#current === undefined) return { out, err };
      const { command, reply } = this.#current;
      const said: Output = reply.kind === 'done' ? reply : reply.poll();
      if (command.stdout === 'out') out += said.out;
      if (command.stderr === 'err') err += said.err;
      else if (command.stderr === 'out' && command.stdout === 'out') out += said.err;
      if (said.code === undefined) return { out, err };
      this.#code = said.code;
      this.#current = undefined;
    }
  }

  /** A script within the script is one of its commands. */
  #reply(shell: Shell, words: readonly string[]): Reply {
    const [name, flag, script] = words;
    if (name !== 'sh' || flag !== '-c' || script === undefined) return runCommand(shell, words);
    const inner = new ScriptRun(script, this.#shell);
    return { kind: 'pending', poll: () => inner.poll() };
  }

  /** Starts the next command that is due; false at the end of the script. */
  #begin(): boolean {
    for (let command = this.#commands.shift(); command !== undefined; command = this.#commands.shift()) {
      if ((command.link === '&&' && this.#code !== 0) || (command.link === '||' && this.#code === 0))
        continue;
      if (EXIT.has(command.words[0] ?? '')) {
        this.#exited = true;
        this.#code = command.words[1] === undefined ? this.#code : Number(command.words[1]) & 255;
        return false;
      }
      const shell = this.#shell();
      // A node without power says nothing more; its connections hang until the other side gives up.
      if (shell === undefined) {
        this.#commands.unshift(command);
        return true;
      }
      this.#current = { command, reply: this.#reply(shell, command.words) };
      return true;
    }
    return false;
  }
}
