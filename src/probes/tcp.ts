/** A TCP connect and nothing more: something listens there. */
import { connect, isIP } from 'node:net';
import type { CheckTarget } from '../core/model/inventory.ts';
import type { Phases, ProbeResult } from '../core/model/observation.ts';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from './deadline.ts';
import { failureOf, overdueFailure, type ProbeFailure } from './failure.ts';

/** Connects to the target's host and port and closes again; never rejects. */
export const probeTcp = (
  target: CheckTarget,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
  signal: AbortSignal,
): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const atMs = clock.now();
    const startedMs = clock.monotonic();
    let resolvedMs: number | undefined;
    const socket = connect({ host: target.host, port: target.port });

    const end = (failure?: ProbeFailure): void => {
      endDeadline();
      socket.destroy();
      const nowMs = clock.monotonic();
      const phases: Phases = {
        ...(resolvedMs !== undefined && { dnsMs: resolvedMs - startedMs }),
        ...(failure === undefined && { connectMs: nowMs - (resolvedMs ?? startedMs) }),
        totalMs: nowMs - startedMs,
      };
      resolve(
        failure === undefined
          ? { ok: true, atMs, phases, answer: { kind: 'tcp' } }
          : { ok: false, atMs, phases, failure },
      );
    };
    const endDeadline = startDeadline(timeoutMs, signal, (why) => {
      const stage = resolvedMs === undefined && isIP(target.host) === 0 ? 'name' : 'connect';
      end(overdueFailure(why, stage, timeoutMs));
    });

    socket.on('lookup', () => {
      resolvedMs = clock.monotonic();
    });
    socket.on('connect', () => end());
    socket.on('error', (error) => end(failureOf(error)));
  });
