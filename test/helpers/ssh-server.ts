/** A real SSH server on loopback, with its own keys, known_hosts and ssh_config, for the system's OpenSSH client. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';

const { Server, utils } = ssh2;

/** ssh2 makes about one key in 300 that it cannot read itself. */
export const newKeyPair = (): { readonly private: string; readonly public: string } => {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519');
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
};

/** Handles one exec request: write to the channel, then `exit` and `end` it. */
export type Exec = (command: string, channel: ServerChannel) => void;

/** Runs the command with this machine's /bin/sh. */
const realShell: Exec = (command, channel) => {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.replace(/^SIG/u, ''), false, '');
    channel.end();
  });
  channel.on('close', () => child.kill());
};

/** Ends a channel with an exit code and, before it, output. */
export const answer = (channel: ServerChannel, exitCode: number, stdout = '', stderr = ''): void => {
  channel.write(stdout);
  channel.stderr.write(stderr);
  channel.exit(exitCode);
  channel.end();
};

export type SshServer = {
  readonly port: number;
  /** Holds ssh_config and the keys. */
  readonly directory: string;
  readonly configFile: string;
  /** TCP connections that came so far. */
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** The most sessions that were open at once. */
  readonly peakSessions: () => number;
  /** Every command line that was asked for. */
  readonly commands: () => readonly string[];
  /** Changes how commands are handled from now on. */
  readonly handle: (exec: Exec) => void;
  /** Refuses every further session while true. */
  readonly refuseSessions: (refuse: boolean) => void;
  /** Cuts every connection. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
};

export type SshServerOptions = {
  readonly exec?: Exec;
  /** What known_hosts holds about this server. */
  readonly known?: 'right' | 'wrong' | 'nothing';
  /** The client offers a key that the server does not take. */
  readonly wrongKey?: boolean;
  /** Further lines for the host's section of ssh_config. */
  readonly config?: readonly string[];
  /** Sent before the login. */
  readonly banner?: string;
  /** The port to listen on; a free one by default. */
  readonly port?: number;
};

/** The host is called `node01` in its ssh_config. */
export const startSshServer = async (options: SshServerOptions = {}): Promise<SshServer> => {
  const hostKey = newKeyPair();
  const clientKey = newKeyPair();
  const otherKey = newKeyPair();
  const allowed = utils.parseKey(clientKey.public);
  if (allowed instanceof Error) throw allowed;

  const clients = new Set<Connection>();
  const sockets = new Set<{ destroy: () => void }>();
  const commands: string[] = [];
  let exec = options.exec ?? realShell;
  let refuse = false;
  let connections = 0;
  let sessions = 0;
  let peak = 0;

  const { banner } = options;
  const ssh = new Server(
    { hostKeys: [hostKey.private], ...(banner === undefined ? {} : { banner }) },
    (client) => {
      clients.add(client);
      client.on('error', () => {});
      client.on('close', () => clients.delete(client));
      client.on('authentication', (context) => {
        const right = context.method === 'publickey' && context.key.data.equals(allowed.getPublicSSH());
        if (right) context.accept();
        else context.reject(['publickey']);
      });
      client.on('session', (accept, reject) => {
        if (refuse) {
          reject();
          return;
        }
        const session = accept();
        session.on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec();
          commands.push(command);
          sessions += 1;
          peak = Math.max(peak, sessions);
          channel.on('close', () => {
            sessions -= 1;
          });
          channel.on('error', () => {});
          exec(command, channel);
        });
      });
    },
  );
  // Sockets are taken in here so that they can be cut without a goodbye.
  const listener = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const directory = mkdtempSync(join(tmpdir(), 'pt-ssh-'));
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const identity = file('id', options.wrongKey ? otherKey.private : clientKey.private);
  const known = { right: hostKey.public, wrong: otherKey.public, nothing: undefined }[
    options.known ?? 'right'
  ];
  const knownHosts = file('known_hosts', known === undefined ? '' : `[127.0.0.1]:${port} ${known}\n`);
  const configFile = file(
    'ssh_config',
    [
      'Host node01',
      ...(options.config ?? []),
      'HostName 127.0.0.1',
      `Port ${port}`,
      'User ops',
      `IdentityFile ${identity}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${knownHosts}`,
      'GlobalKnownHostsFile /dev/null',
    ].join('\n  '),
  );

  return {
    port,
    directory,
    configFile,
    connections: () => connections,
    open: () => sockets.size,
    peakSessions: () => peak,
    commands: () => commands,
    handle: (next) => {
      exec = next;
    },
    refuseSessions: (next) => {
      refuse = next;
    },
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
