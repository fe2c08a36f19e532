/** Lets world time pass at the demo's speed, and tells the servers when something has changed. */
import type { Clock } from '../../lib/clock.ts';
import type { World } from '../sim/world.ts';

const LONGEST_WAIT_MS = 1000;
const SHORTEST_WAIT_MS = 10;

export type RunnerOptions = { readonly world: World; readonly clock: Clock; readonly speed: number };

export class Runner {
  readonly world: World;
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #startWallMs: number;
  readonly #listeners = new Set<() => void>();
  /** World time and the monotonic and wall time that belong to it. */
  #anchor: { readonly worldMs: number; readonly monotonicMs: number; readonly wallMs: number };
  #seen = -1;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: RunnerOptions) {
    this.world = options.world;
    this.#clock = options.clock;
    this.#speed = options.speed;
    this.#startWallMs = options.clock.now();
    this.#anchor = {
      worldMs: options.world.nowMs,
      monotonicMs: options.clock.monotonic(),
      wallMs: this.#startWallMs,
    };
  }

  /** Calls `listener` whenever the world has changed; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Time stops for good. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  /** Brings the world up to now, tells everybody what that changed, and keeps time passing. Called after each command, too. */
  sync(): void {
    if (this.#stopped) return;
    const { worldMs, monotonicMs } = this.#anchor;
    this.world.advance(worldMs + (this.#clock.monotonic() - monotonicMs) * this.#speed);
    if (this.#seen !== this.world.changes) {
      this.#seen = this.world.changes;
      for (const listener of [...this.#listeners]) listener();
    }
    this.#arm();
  }

  /** Jumps forward to a world time; time goes on from there. */
  jumpTo(worldMs: number): void {
    const target = Math.max(worldMs, this.world.nowMs);
    this.#anchor = { worldMs: target, monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.now() };
    this.sync();
  }

  /** Wall time of a world time, ms since the epoch. What came before the demo was never sped up. */
  wallMs(worldMs: number): number {
    if (worldMs < 0) return this.#startWallMs + worldMs;
    return this.#anchor.wallMs + (worldMs - this.#anchor.worldMs) / this.#speed;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const untilNextMs = (this.world.nextMs() - this.world.nowMs) / this.#speed;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, Math.ceil(untilNextMs)));
    this.#timer = setTimeout(() => this.sync(), waitMs);
  }
}
