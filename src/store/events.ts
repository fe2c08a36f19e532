/** Everything that can happen to the state, and everything that the state can ask of the world. */

import type { LogNews, LogRequest, LogRow } from '../core/logs/model.ts';
import type { ActionRequest, Job, Plan } from '../core/model/action.ts';
import type { JudgeOptions } from '../core/model/cluster.ts';
import type { Inventory, NodeName } from '../core/model/inventory.ts';
import type { Observation } from '../core/model/observation.ts';
import type { Operation, OperationPlan, OperationRequest } from '../core/model/operation.ts';
import type { Topology } from '../core/model/topology.ts';
import type { ConfigNews, Mode, NoticeTone, SubjectId } from './state.ts';

/** What a key does in the logs view, and the one that opens it. */
export type LogsCommand =
  | 'logs'
  | 'logs-follow'
  | 'logs-level'
  | 'logs-search'
  | 'search-keep'
  | 'search-drop'
  | 'logs-older'
  | 'logs-newer'
  | 'logs-only'
  | 'logs-previous'
  | 'logs-run'
  | 'logs-wrap'
  | 'logs-save'
  | 'logs-page';

/** What a key does in the palette, and the one that opens it. */
export type PaletteCommand =
  | 'palette'
  | 'palette-up'
  | 'palette-down'
  | 'palette-page-up'
  | 'palette-page-down'
  | 'palette-choose'
  | 'palette-close';

/** What an entry of the palette comes to. */
export type Choice =
  /** As if its key had been pressed; `on`: as if that had been selected. */
  | { readonly kind: 'command'; readonly command: Command; readonly on?: SubjectId }
  /** The cursor goes there. */
  | { readonly kind: 'go'; readonly to: SubjectId };

/** What a key does. The key table in src/keys maps chords to these. */
export type Command =
  | 'move-up'
  | 'move-down'
  | 'move-first'
  | 'move-last'
  | 'page-up'
  | 'page-down'
  | 'open'
  | 'back'
  | 'fold'
  | 'unfold'
  | 'column-left'
  | 'column-right'
  | 'view-tree'
  | 'view-nodes'
  | 'view-events'
  | 'view-jobs'
  | 'view-first-boot'
  | 'view-impact'
  | 'toggle'
  | 'help'
  | 'help-search'
  | PaletteCommand
  | 'filter'
  | 'only-broken'
  | 'next-problem'
  | 'tree-mode'
  | 'by-tag'
  | 'what-if'
  | 'next-steps'
  | 'take-step'
  | 'restart'
  | 'start'
  | 'stop'
  | 'reset-failed'
  | 'rerun'
  | 'bring-up'
  | 'cancel-job'
  | 'shell'
  | 'page-job'
  | 'hold-operation'
  | 'mark'
  | 'copy'
  | 'pause'
  | 'reload'
  | 'quit'
  | 'suspend'
  | 'confirm'
  | 'give-reason'
  | 'cancel'
  | 'dialog-more'
  | 'dialog-less'
  | 'text-keep'
  | 'text-drop'
  | 'text-erase'
  | 'text-clear'
  | LogsCommand;

export type AppEvent =
  /** One batch of facts; a poll round is one event, so that the screen is drawn once for it. */
  | { readonly kind: 'observed'; readonly observations: readonly Observation[]; readonly nowMs: number }
  /** Time passed: staleness, start times and notices move. */
  | { readonly kind: 'tick'; readonly nowMs: number }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'operation'; readonly operation: Operation }
  /** The answer to the effect `plan-operation`: opens the confirmation. */
  | {
      readonly kind: 'planned-operation';
      readonly plan: OperationPlan;
      /** As of `planned`. */
      readonly recent?: readonly string[];
    }
  /** The answer to the effect `plan`: opens the confirmation. */
  | {
      readonly kind: 'planned';
      readonly plan: Plan;
      /** What others have done lately to the same, in sentences. */
      readonly recent?: readonly string[];
    }
  /** What others have done lately, as the nodes of the plan in the dialog tell it, too; as of `planned`. */
  | { readonly kind: 'recent'; readonly plan: Plan | OperationPlan; readonly recent: readonly string[] }
  /** Lines for the logs view, and how it stands with their nodes. */
  | { readonly kind: 'logs'; readonly news: LogNews }
  /** What came of the effect `save-logs`. */
  | { readonly kind: 'logs-saved'; readonly session: number; readonly words: string }
  /** Another configuration holds from now on. */
  | {
      readonly kind: 'configured';
      readonly topology: Topology;
      readonly inventory: Inventory;
      readonly options: JudgeOptions;
      readonly mode: Mode;
    }
  /** As `config` of the state. */
  | { readonly kind: 'config'; readonly news: ConfigNews | undefined }
  | { readonly kind: 'notice'; readonly text: string; readonly tone: NoticeTone }
  /** The effect `shell`, `page` or `suspend` has ended, and the screen has the terminal again. */
  | { readonly kind: 'returned' }
  /** The terminal has another size: rows that a list gets, and whether it is a small one. */
  | { readonly kind: 'resized'; readonly bodyRows: number; readonly compact: boolean }
  /** A scrolled page has this many lines. */
  | { readonly kind: 'measured'; readonly lines: number }
  /** As `hint` of the state. */
  | { readonly kind: 'hint'; readonly isShown: boolean }
  | { readonly kind: 'command'; readonly command: Command }
  /** The cursor of the palette goes to this entry. */
  | { readonly kind: 'palette-at'; readonly id: string }
  /** An entry of the palette was chosen. */
  | { readonly kind: 'chosen'; readonly choice: Choice }
  /** A key that may not act now, and why. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Text for the filter or the dialog, free of control characters. */
  | { readonly kind: 'text'; readonly text: string };

export type Effect =
  | { readonly kind: 'quit' }
  /** Leave the terminal to the shell until it continues us; answered with the event `returned`. */
  | { readonly kind: 'suspend' }
  /** Make a plan of the live cluster and answer with the event `planned`. */
  | { readonly kind: 'plan'; readonly request: ActionRequest }
  /** `reason`: the operator's, where one was asked for. */
  | { readonly kind: 'run-plan'; readonly plan: Plan; readonly reason?: string }
  | { readonly kind: 'cancel-job'; readonly id: string }
  /** As `plan`, answered with `planned-operation`. */
  | { readonly kind: 'plan-operation'; readonly request: OperationRequest }
  | { readonly kind: 'run-operation'; readonly plan: OperationPlan; readonly reason?: string }
  | { readonly kind: 'steer-operation'; readonly id: string; readonly how: 'pause' | 'resume' | 'abort' }
  /** Read these journals instead of those that were read, and answer with the event `logs`, again and again. */
  | { readonly kind: 'open-logs'; readonly request: LogRequest }
  | { readonly kind: 'close-logs' }
  /** Write the rows to a new file, and answer with the event `logs-saved`. */
  | {
      readonly kind: 'save-logs';
      readonly session: number;
      readonly title: string;
      readonly rows: readonly LogRow[];
    }
  /** Log in on this node, on the console's own terminal; answered with the event `returned`. */
  | { readonly kind: 'shell'; readonly node: NodeName; readonly reason?: string }
  /** Show plain text, free of control characters, in the operator's pager; answered with the event `returned`. */
  | { readonly kind: 'page'; readonly title: string; readonly text: string }
  /** Read the configuration now, take it up or keep the old one, and say which with the event `notice`. */
  | { readonly kind: 'reload' }
  /** Put one line on the operator's clipboard (OSC 52). */
  | { readonly kind: 'copy'; readonly text: string };
