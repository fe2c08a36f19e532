/** The line editor of an interactive login on a simulated node: echo, backspace, Ctrl-C, Ctrl-D. */

export type TerminalOptions = {
  readonly prompt: string;
  /** With a pty the client's terminal is raw and we echo; without, lines come as they are. */
  readonly pty: boolean;
  readonly write: (text: string) => void;
  /** Runs a line; `ended` is called once. Returns how to interrupt it. */
  readonly run: (line: string, ended: (code: number, exited: boolean) => void) => () => void;
  readonly end: (code: number) => void;
};

const ESCAPE_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O?.)?/gu;

export class Terminal {
  readonly #options: TerminalOptions;
  #line = '';
  /** Typed while a command runs. */
  #ahead = '';
  #interrupt: (() => void) | undefined;
  #running = false;
  #noMoreInput = false;
  #over = false;
  #code = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  greet(words: string): void {
    if (!this.#options.pty) return;
    this.#options.write(`${words}\r\n${this.#options.prompt}`);
  }

  feed(text: string): void {
    const chars = [...(this.#ahead + text).replace(ESCAPE_SEQUENCE, '')];
    this.#ahead = '';
    for (let at = 0; at < chars.length && !this.#over; at += 1) {
      const char = chars[at] ?? '';
      if (this.#running && char !== '\x03') {
        this.#ahead = chars.slice(at).join('');
        return;
      }
      this.#key(char);
    }
  }

  /** The client will send nothing more: what was typed still runs, then the shell ends. */
  endOfInput(): void {
    this.#noMoreInput = true;
    if (!this.#running) this.#finish();
  }

  stop(): void {
    this.#over = true;
    this.#interrupt?.();
  }

  #key(char: string): void {
    const { pty, write, prompt } = this.#options;
    if (char === '\x03') {
      this.#interrupt?.();
      this.#interrupt = undefined;
      this.#running = false;
      this.#line = '';
      if (pty) write(`^C\r\n${prompt}`);
    } else if (char === '\x04') {
      if (this.#line === '') this.#finish();
    } else if (char === '\r' || char === '\n') {
      if (pty) write('\r\n');
      this.#submit();
    } else if (char === '\x7f' || char === '\b') {
      if (this.#line !== '' && pty) write('\b \b');
      this.#line = [...this.#line].slice(0, -1).join('');
    } else if (char >= ' ') {
      this.#line += char;
      if (pty) write(char);
    }
  }

  #submit(): void {
    const line = this.#line;
    this.#line = '';
    this.#running = true;
    let ended = false;
    const interrupt = this.#options.run(line, (code, exited) => {
      ended = true;
      this.#interrupt = undefined;
      this.#running = false;
      this.#code = code;
      if (this.#over) return;
      if (exited) this.#noMoreInput = true;
      else if (this.#options.pty) this.#options.write(this.#options.prompt);
      if (!exited) this.feed('');
      if (this.#noMoreInput && !this.#running) this.#finish();
    });
    if (!ended) this.#interrupt = interrupt;
  }

  #finish(): void {
    if (this.#over) return;
    if (this.#line !== '') {
      this.#submit();
      return;
    }
    this.#over = true;
    this.#options.end(this.#code);
  }
}
