/** What others did lately to the target of a plan: what the audit file has at once, what the nodes tell as it comes. */
import { currentOperator } from '../actions/audit.ts';
import type { AuditEntry, Writer } from '../core/audit/model.ts';
import { recentActsOfAll } from '../core/audit/recent-all.ts';
import { recentSudoActs } from '../core/audit/recent-sudo.ts';
import type { NodeTime, SudoAct } from '../core/audit/sudo-acts.ts';
import type { Plan } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { Clock } from '../lib/clock.ts';
import { askSudoActs } from '../probes/sudo-acts.ts';
import type { Link } from '../ssh/types.ts';
import type { AppState } from '../store/state.ts';

/** Of an operation over more nodes no more are asked: two acts are all that is shown. */
const MAX_NODES = 16;

export type RecentOptions = {
  readonly cluster: string;
  readonly clock: Clock;
  readonly self: Writer;
  readonly entries: () => readonly AuditEntry[];
  readonly state: () => AppState;
  readonly link: (node: NodeName) => Link | undefined;
  readonly sudo: boolean;
};

export type Recent = {
  /** As the audit file has it; `onNews` hears all of it again each time that a node has told of more, until the next call. */
  readonly of: (plans: readonly Plan[], onNews: (recent: readonly string[]) => void) => readonly string[];
  readonly close: () => void;
};

const timeOf = ({ facts }: AppState, node: NodeName): NodeTime | undefined => {
  const boot = facts.units.get(node)?.bootId?.replaceAll('-', '');
  return boot === undefined ? undefined : { boot, readings: facts.clocks.get(node) ?? [] };
};

export const createRecent = (options: RecentOptions): Recent => {
  const { cluster, clock, self, state } = options;
  let asking = new AbortController();

  const told = (plans: readonly Plan[], acts: readonly SudoAct[]): readonly string[] => {
    const entries = options.entries();
    const nowMs = clock.now();
    const actor = { user: currentOperator(process.env), writer: self };
    // The file is read every now and then: what was sent from here just now is a job already.
    const jobs = state().jobs.map(({ plan, startedAtMs }) => ({
      ...{ node: plan.target.node, atMs: startedAtMs, commands: plan.commands },
    }));
    const onNodes = recentSudoActs(acts, [...entries, ...jobs], plans, nowMs);
    return recentActsOfAll(entries, cluster, plans, actor, nowMs, onNodes);
  };

  return {
    of: (plans, onNews) => {
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      const acts: SudoAct[] = [];
      const nodes = [...new Set(plans.map(({ target }) => target.node))].slice(0, MAX_NODES);
      for (const node of nodes) {
        const link = options.link(node);
        if (link === undefined) continue;
        const ask = { sudo: options.sudo, time: timeOf(state(), node), signal };
        void askSudoActs(link, ask).then((found) => {
          if (signal.aborted || found.length === 0) return;
          acts.push(...found);
          onNews(told(plans, acts));
        });
      }
      return told(plans, []);
    },
    close: () => asking.abort(),
  };
};
