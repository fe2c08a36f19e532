/** Opens TLS connections for the HTTPS probe: measured, verified, and with the certificate read even when refused. */
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { buildConnector } from 'undici';
import type { CheckTarget } from '../core/model/inventory.ts';
import type { Certificate } from '../core/model/observation.ts';
import type { Clock } from '../lib/clock.ts';
import { readCertificate } from './certificate.ts';
import { type Stage, TLS_MATERIAL_CODE } from './failure.ts';

/** How the nodes are trusted. All texts are PEM. */
export type ProbeTls = {
  /** Authorities to trust instead of the ones that Node brings. */
  readonly ca?: string;
  /** Our own certificate and key, for nodes that ask. */
  readonly cert?: string;
  readonly key?: string;
  /** Trust whatever comes. */
  readonly insecure: boolean;
};

/** The newest connection of one target. `dials` counts them; the times are of the last one. */
export type Connection = {
  dials: number;
  /** What a dial in progress waits for; 'answer' once it is through. */
  stage: Stage;
  dnsMs?: number | undefined;
  connectMs?: number | undefined;
  tlsMs?: number | undefined;
  certificate?: Certificate | undefined;
  /** When the full handshake took place that this connection, or the session it resumes, rests on (monotonic). */
  verifiedAtMs: number;
  socket?: TLSSocket | undefined;
  /** The socket's first error. A TLS alert comes as one before undici reports its aftermath ("other side closed"). */
  error?: Error | undefined;
  /** Called whenever something has come, whatever is made of it. */
  onData?: (() => void) | undefined;
};

/**
 * After this long a full handshake is made again: what a new client would meet (a renewed certificate, a listener
 * that is gone) must not stay hidden behind an old connection.
 */
const CONNECTION_MAX_AGE_MS = 600_000;
const TCP_KEEP_ALIVE_MS = 30_000;

type Verified = Pick<Connection, 'certificate' | 'verifiedAtMs'>;
type Session = Verified & { readonly ticket: Buffer };

/** Identifies a target for keeping connections: the same check at the same place under the same name. */
export const keyOf = ({ id, host, port, serverName }: CheckTarget): string =>
  `${id} ${host} ${port} ${serverName}`;

/** True when a connection, or the session that it left, no longer shows what a new client would see. */
export const isOutdated = (verified: Verified, clock: Clock, insecure: boolean): boolean =>
  clock.monotonic() - verified.verifiedAtMs > CONNECTION_MAX_AGE_MS ||
  (!insecure && verified.certificate !== undefined && verified.certificate.notAfterMs <= clock.now());

/** Makes a connector for undici that dials `target` and keeps `connection` up to date. */
export type Dialler = (target: CheckTarget, connection: Connection) => buildConnector.connector;

const refused = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Creates the dialler; all its connections share one SecureContext. */
export const createDialler = (tls: ProbeTls, clock: Clock): Dialler => {
  const { insecure } = tls;
  const sessions = new Map<string, Session>();
  let shared: SecureContext | undefined;
  const secureContext = (): SecureContext => {
    if (shared !== undefined) return shared;
    try {
      shared = createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key });
      return shared;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw refused(TLS_MATERIAL_CODE, `configured ca, cert or key cannot be used: ${reason}`);
    }
  };

  const dial = (target: CheckTarget, connection: Connection, callback: buildConnector.Callback): void => {
    const key = keyOf(target);
    const begunMs = clock.monotonic();
    const known = sessions.get(key);
    const session = known !== undefined && !isOutdated(known, clock, insecure) ? known : undefined;
    const socket = connect({
      host: target.host,
      port: target.port,
      // SNI knows no addresses.
      servername: isIP(target.serverName) === 0 ? target.serverName : '',
      secureContext: secureContext(),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: !insecure,
      // The name is checked below: Node would check it against `servername`, which may not be an address.
      checkServerIdentity: () => undefined,
      ...(session !== undefined && { session: session.ticket }),
    });
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    Object.assign(connection, {
      dials: connection.dials + 1,
      stage: isIP(target.host) === 0 ? 'name' : 'connect',
      dnsMs: undefined,
      connectMs: undefined,
      tlsMs: undefined,
      certificate: undefined,
      verifiedAtMs: begunMs,
      socket,
      error: undefined,
    } satisfies Connection);

    let lapMs = begunMs;
    const lap = (): number => {
      const beganMs = lapMs;
      lapMs = clock.monotonic();
      return lapMs - beganMs;
    };

    // A session is kept only when the certificate behind it passed: Node asks for no name when it resumes one.
    let ticket: Buffer | undefined;
    let passed = false;
    const keepSession = (): void => {
      const { certificate, verifiedAtMs } = connection;
      if (passed && ticket !== undefined) sessions.set(key, { ticket, certificate, verifiedAtMs });
    };

    let settled = false;
    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      if (error === undefined) {
        passed = true;
        keepSession();
        socket.on('readable', () => connection.onData?.());
        callback(null, socket);
        return;
      }
      sessions.delete(key);
      socket.destroy();
      callback(error, null);
    };

    // Once: a name with several addresses is reported for each of them.
    socket.once('lookup', () => {
      connection.dnsMs = lap();
      connection.stage = 'connect';
    });
    socket.on('connect', () => {
      connection.connectMs = lap();
      connection.stage = 'tls';
    });
    // 'secure' comes before Node verifies (and, on a bad certificate, destroys the socket): the only moment at
    // which the certificate of a node that will be refused can be read. A resumed session carries none.
    socket.prependListener('secure', () => {
      connection.tlsMs = lap();
      const resumed = session !== undefined && socket.isSessionReused();
      connection.certificate = resumed ? session.certificate : readCertificate(socket.getPeerCertificate());
      if (resumed) connection.verifiedAtMs = session.verifiedAtMs;
    });
    socket.on('secureConnect', () => {
      connection.stage = 'answer';
      settle(
        insecure || socket.isSessionReused()
          ? undefined
          : checkServerIdentity(target.serverName, socket.getPeerCertificate()),
      );
    });
    // TLS 1.2 gives its session before the verification, TLS 1.3 its tickets after it.
    socket.on('session', (given) => {
      ticket = given;
      keepSession();
    });
    // Stays for the life of the socket: without a listener an error would end the process.
    socket.on('error', (error) => {
      connection.error ??= error;
      settle(error);
    });
  };

  return (target, connection) => (_options, callback) => dial(target, connection, callback);
};
