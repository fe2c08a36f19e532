/** The ssh server of one node: runs the commands of the simulated node for OpenSSH clients. */
import type { Socket } from 'node:net';
import type { AuthContext, Connection, ParsedKey, ServerChannel, Session, Server as SshServer } from 'ssh2';
import type { NodeName } from '../../core/model/inventory.ts';
import { Bridge, isBridge } from '../bus/bridge.ts';
import type { Shell } from '../shell/reply.ts';
import { ScriptRun } from '../shell/session.ts';
import { Gate, type GateMode } from './gate.ts';
import type { Runner } from './runner.ts';
import { Terminal } from './terminal.ts';

export type Ssh2 = typeof import('ssh2');

export type SshOptions = {
  readonly ssh2: Ssh2;
  readonly runner: Runner;
  readonly node: NodeName;
  readonly port: number;
  /** OpenSSH private key of the host. */
  readonly hostKey: string;
  /** The only key that may log in. */
  readonly clientKey: ParsedKey;
  /** Told each command line as it arrives; an interactive shell is the empty one. */
  readonly onCommand?: (node: NodeName, command: string) => void;
};

/** Whoever has the key may log in as anybody. */
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/u;

export class SshNode {
  readonly #options: SshOptions;
  readonly #gate: Gate;
  #server: SshServer | undefined;

  constructor(options: SshOptions) {
    this.#options = options;
    this.#gate = new Gate(options.port, (socket) => this.#serve(socket));
  }

  /** Opens, closes and silences the port as the node is up, off or gone. */
  reflect(): void {
    const power = this.#options.runner.world.node(this.#options.node)?.power ?? 'off';
    const modes = { up: 'open', off: 'closed', gone: 'silent' } as const satisfies Record<string, GateMode>;
    this.#gate.set(modes[power]);
  }

  settled(): Promise<void> {
    return this.#gate.settled();
  }

  close(): void {
    this.#gate.set('closed');
  }

  #serve(socket: Socket): void {
    const { ssh2, hostKey } = this.#options;
    this.#server ??= new ssh2.Server({ hostKeys: [hostKey], ident: 'plasmatop-demo' }, (client) =>
      this.#greet(client),
    );
    this.#server.injectSocket(socket);
  }

  #greet(client: Connection): void {
    client.on('error', () => client.end());
    let user = '';
    client.on('authentication', (context) => {
      user = ACCOUNT.test(context.username) ? context.username : 'ops';
      this.#authenticate(context);
    });
    client.on('session', (accept) => this.#openSession(accept(), user));
  }

  #authenticate(context: AuthContext): void {
    const { clientKey } = this.#options;
    if (context.method !== 'publickey' || !clientKey.getPublicSSH().equals(context.key.data)) {
      context.reject(['publickey']);
      return;
    }
    // Without a signature the client only asks whether the key would do.
    if (context.signature === undefined || context.blob === undefined) context.accept();
    else if (clientKey.verify(context.blob, context.signature, context.hashAlgo) === true) context.accept();
    else context.reject(['publickey']);
  }

  #openSession(session: Session, user: string): void {
    let pty = false;
    session.on('pty', (accept) => {
      pty = true;
      accept?.();
    });
    session.on('env', (accept) => accept?.());
    session.on('window-change', (accept) => accept?.());
    session.on('exec', (accept, _, { command }) => this.#exec(accept(), command, pty, user));
    session.on('shell', (accept) => this.#interact(accept(), pty, user));
  }

  #shell(user: string): Shell | undefined {
    const { runner, node } = this.#options;
    const { power, manager } = runner.world.node(node) ?? {};
    if (power !== 'up' || manager === undefined) return undefined;
    return { world: runner.world, node, manager, user, wallMs: (worldMs) => runner.wallMs(worldMs) };
  }

  #exec(channel: ServerChannel, command: string, pty: boolean, user: string): void {
    const { runner, node, onCommand } = this.#options;
    onCommand?.(node, command);
    runner.sync();
    if (isBridge(command)) {
      this.#bridge(channel, user);
      return;
    }
    const run = new ScriptRun(command, () => this.#shell(user));
    const stop = this.#follow(channel, run, pty, (code) => {
      channel.exit(code);
      channel.end();
    });
    channel.on('close', stop);
    channel.on('error', stop);
    // A terminal's Ctrl-C is a byte to us; without one the client closes the channel.
    channel.on('data', (data: Buffer) => {
      if (!pty || !data.includes(3)) return;
      stop();
      channel.exit(130);
      channel.end();
    });
  }

  /** Bytes both ways until either side ends it. */
  #bridge(channel: ServerChannel, user: string): void {
    const bridge = new Bridge({
      shell: () => this.#shell(user),
      write: (bytes) => channel.write(bytes),
      end: (code) => {
        channel.exit(code);
        channel.end();
      },
    });
    const unsubscribe = this.#options.runner.subscribe(() => bridge.look());
    channel.on('data', (bytes: Buffer) => bridge.feed(bytes));
    channel.on('end', () => bridge.endOfInput());
    channel.on('close', unsubscribe);
    channel.on('error', unsubscribe);
  }

  /** Writes what the script says, now and whenever the world moves, until it ends; returns how to stop. */
  #follow(channel: ServerChannel, run: ScriptRun, pty: boolean, ended: (code: number) => void): () => void {
    const { runner } = this.#options;
    const forTerminal = (text: string): string => (pty ? text.replace(/\n/gu, '\r\n') : text);
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      unsubscribe();
    };
    const look = (): void => {
      if (stopped) return;
      const { out, err, code } = run.poll();
      if (err !== '') (pty ? channel : channel.stderr).write(forTerminal(err));
      if (code === undefined) {
        if (out !== '') channel.write(forTerminal(out));
        return;
      }
      stop();
      // The client may leave as soon as it knows the exit code: everything must be on its way before.
      channel.write(forTerminal(out), () => ended(code));
    };
    const unsubscribe = runner.subscribe(look);
    look();
    // The command may have changed the world: ports follow at once.
    if (!stopped) runner.sync();
    else setImmediate(() => runner.sync());
    return stop;
  }

  #interact(channel: ServerChannel, pty: boolean, user: string): void {
    const { runner, node, onCommand } = this.#options;
    onCommand?.(node, '');
    const terminal = new Terminal({
      prompt: `${user}@${node}:~$ `,
      pty,
      write: (text) => channel.write(text),
      run: (line, ended) => {
        runner.sync();
        const run = new ScriptRun(line, () => this.#shell(user));
        return this.#follow(channel, run, pty, (code) => ended(code, run.exited));
      },
      end: (code) => {
        channel.exit(code);
        channel.end();
      },
    });
    channel.on('data', (data: Buffer) => terminal.feed(data.toString('utf8')));
    channel.on('end', () => terminal.endOfInput());
    channel.on('close', () => terminal.stop());
    channel.on('error', () => terminal.stop());
    terminal.greet(`This is ${node} of plasmatop's demo: a simulated node. "help" lists what works here.`);
  }
}
