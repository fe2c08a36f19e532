/** Probes any target by the kind of its check. Loads each kind's machinery at its first use, not at start-up. */
import type { CheckTarget } from '../core/model/inventory.ts';
import type { ProbeResult } from '../core/model/observation.ts';
import type { Clock } from '../lib/clock.ts';
import { failureOf } from './failure.ts';
import type { HttpsProbe } from './https.ts';
import type { ProbeTls } from './https-connect.ts';

export type ProberOptions = {
  readonly tls: ProbeTls;
  /** From the first packet to the last byte, name lookup included, for checks that have no time of their own. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
};

export type Prober = {
  /**
   * One look at a target; never rejects. Takes at most its timeout. When the signal stops it, it resolves at once
   * with a `timeout` failure that says so: that result describes us, not the node, and is to be thrown away.
   */
  readonly probe: (target: CheckTarget, signal: AbortSignal) => Promise<ProbeResult>;
  /** Closes all connections. No probe may follow. */
  readonly close: () => Promise<void>;
};

/** Creates the prober; opens and loads nothing yet. */
export const createProber = (options: ProberOptions): Prober => {
  const { clock } = options;
  let https: Promise<HttpsProbe> | undefined;
  const loadHttps = (): Promise<HttpsProbe> => {
    https ??= import('./https.ts').then(({ createHttpsProbe }) => createHttpsProbe(options));
    return https;
  };

  const dispatch = async (target: CheckTarget, signal: AbortSignal): Promise<ProbeResult> => {
    const { spec } = target;
    const { timeoutMs = options.timeoutMs } = spec;
    switch (spec.kind) {
      case 'https-json':
      case 'https-text':
        return (await loadHttps()).probe(target, spec, signal);
      case 'dns':
        return (await import('./dns.ts')).probeDns(target, spec, { ...options, timeoutMs }, signal);
      case 'tcp':
        return (await import('./tcp.ts')).probeTcp(target, { timeoutMs, clock }, signal);
      default: {
        const never: never = spec;
        return never;
      }
    }
  };

  return {
    probe: async (target, signal) => {
      const atMs = clock.now();
      const startedMs = clock.monotonic();
      try {
        return await dispatch(target, signal);
      } catch (error) {
        // A host or path that cannot even be asked for: the target is wrong, the console goes on.
        return {
          ok: false,
          atMs,
          phases: { totalMs: clock.monotonic() - startedMs },
          failure: failureOf(error),
        };
      }
    },
    close: async () => {
      await (await https)?.close();
    },
  };
};
