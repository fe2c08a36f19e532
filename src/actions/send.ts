/** Sends an action's commands, one after the other, and tells what is known of them then. */
import type { Plan } from '../core/model/action.ts';
import type { SshFailure } from '../core/model/observation.ts';
import type { Link } from '../ssh/types.ts';
import { failureWords } from './outcome-words.ts';

export type Lost = { readonly why: string; readonly timedOut: boolean };

export type Sent =
  /** All ran and said 0; or the last one was sent, and `lost` says why nobody knows what it said. */
  | { readonly kind: 'sent'; readonly lost?: Lost }
  | {
      readonly kind: 'ended';
      readonly outcome: 'failed' | 'cancelled';
      readonly words: string;
      readonly exitCode?: number;
    };

export const STOPPED_WATCHING = 'no longer watched; what was sent goes on under systemd';

const told = (failure: SshFailure): string =>
  failure.remedy === '' ? failure.detail : `${failure.detail} – ${failure.remedy}`;

/** `reset-failed` says so of a unit that nobody has loaded since it was last forgotten: there is nothing to forget. */
const isHarmless = (stderr: string): boolean => /Unit .* not loaded/u.test(stderr);

const verbOf = (command: readonly string[]): string => command[command.indexOf('systemctl') + 1] ?? '';

export type SendOptions = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called before each command. */
  readonly onCommand: (command: readonly string[]) => void;
};

/** Never rejects. A command that fails is the last one, unless what it says is harmless. */
export const sendCommands = async (
  plan: Plan,
  link: Link,
  { timeoutMs, signal, onCommand }: SendOptions,
): Promise<Sent> => {
  let before = '';
  for (const [index, command] of plan.commands.entries()) {
    const isLast = index === plan.commands.length - 1;
    onCommand(command);
    const ran = await link.run(command, { timeoutMs, signal });
    // What went before has changed nothing that runs.
    const nothing = before === '' ? 'nothing was sent' : `only ${before} ran`;
    if (ran.ok) {
      if (ran.exitCode === 0 || (!isLast && isHarmless(ran.stderr))) {
        before = verbOf(command);
        continue;
      }
      if (ran.exitCode === 255) {
        // What a signal ended is the command, not the job that it gave to systemd.
        const why = 'the command was ended by a signal';
        if (isLast) return { kind: 'sent', lost: { why, timedOut: false } };
        return {
          kind: 'ended',
          outcome: 'failed',
          words: `${verbOf(command)}: ${why}; nothing else was sent`,
        };
      }
      const words = failureWords(plan, command, ran.exitCode, ran.stderr);
      return { kind: 'ended', outcome: 'failed', words, exitCode: ran.exitCode };
    }
    if (ran.failure.kind === 'cancelled') {
      const unsent = isLast ? STOPPED_WATCHING : `${verbOf(command)} may have run, nothing else was sent`;
      return { kind: 'ended', outcome: 'cancelled', words: ran.sent ? unsent : nothing };
    }
    if (!ran.sent) {
      return { kind: 'ended', outcome: 'failed', words: `${nothing}: ${told(ran.failure)}` };
    }
    const lost: Lost = { why: ran.failure.detail, timedOut: ran.failure.kind === 'timeout' };
    if (isLast) return { kind: 'sent', lost };
    // What it was for was not sent: should systemd start the unit by itself, that is not its doing.
    const unsent = plan.commands
      .slice(index + 1)
      .map(verbOf)
      .join(', ');
    return { kind: 'ended', outcome: 'failed', words: `${lost.why}; ${unsent} was not sent` };
  }
  return { kind: 'sent' };
};
