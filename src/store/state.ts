/** What the screen is made of: facts, their judgement, the record of what happened, and where the operator stands. */
import type { Banner } from '../core/look.ts';
import type { Job, Plan } from '../core/model/action.ts';
import type { ClusterEvent, ClusterFacts, ClusterState, JudgeOptions } from '../core/model/cluster.ts';
import type { InstanceId, Inventory, NodeName } from '../core/model/inventory.ts';
import type { Operation, OperationPlan } from '../core/model/operation.ts';
import type { ServiceName, Topology } from '../core/model/topology.ts';
import type { Problem } from '../core/problem.ts';
import type { LogsState } from './logs/state.ts';

export type ViewId =
  | 'tree'
  | 'nodes'
  | 'events'
  | 'jobs'
  | 'first-boot'
  | 'impact'
  | 'detail'
  | 'what-if'
  | 'steps'
  | 'logs'
  | 'help';

/**
 * What a row stands for, and what a detail page is about: `level:1`, `service:chainfire`,
 * `instance:chainfire@node02`, `node:node02`, `event:17`, `job:3`.
 */
export type SubjectId = string;

/** The row under the cursor: by id, and by place for when that row is gone. */
export type Anchor = { readonly id: SubjectId; readonly index: number };

/** One view on the stack, with its own place. */
export type ViewFrame = {
  readonly view: ViewId;
  /** Undefined: the first row, whatever it is. */
  readonly anchor: Anchor | undefined;
  /** The first line shown. Painters clamp it, because only they know how many lines there are. */
  readonly scroll: number;
  /** Nodes view: the service under the cursor; undefined: the node itself. */
  readonly column: ServiceName | undefined;
  /** Detail and what-if: what it is about. */
  readonly subject: SubjectId | undefined;
};

export type NoticeTone = 'info' | 'refused' | 'good' | 'bad';
export type Notice = { readonly text: string; readonly tone: NoticeTone; readonly untilMs: number };

/** Why the operator acts: asked before anything else, where nothing runs without a reason. */
export type Why = { readonly text: string; readonly given: boolean };

/** The plan is the one that was shown: rows may change beneath it, the dialog does not. */
export type ActionDialog = {
  readonly kind: 'confirm';
  readonly plan: Plan;
  /** Why it is about this instance, when that was not the selected row: "the only one of 3 that is down". */
  readonly chosen?: string;
  /** What others have done lately to the same, in sentences. */
  readonly recent?: readonly string[];
  readonly why?: Why;
  /** Which of its pages is shown, where rows are short; any number, counted round. */
  readonly page?: number;
  readonly typed: string;
};

export type OperationDialog = {
  readonly kind: 'operation';
  readonly plan: OperationPlan;
  /** As of an action. */
  readonly recent?: readonly string[];
  readonly why?: Why;
  readonly page?: number;
  readonly typed: string;
};

/** A shell is asked about only where it needs a reason. */
export type ShellDialog = { readonly kind: 'shell'; readonly node: NodeName; readonly why: Why };

export type Dialog = ActionDialog | OperationDialog | ShellDialog;

/** What is looked for among all that can be done or gone to. */
type Palette = {
  readonly text: string;
  /** The entry under the cursor; undefined: the first, whatever it is. */
  readonly at: string | undefined;
};

type TreeMode = 'levels' | 'dependencies';

export type Ui = {
  /** Never empty; the last one is on screen. */
  readonly stack: readonly [ViewFrame, ...ViewFrame[]];
  /** Where the operator was in views that are not on the stack. */
  readonly remembered: ReadonlyMap<ViewId, ViewFrame>;
  readonly unfolded: ReadonlySet<SubjectId>;
  readonly filter: { readonly text: string; readonly editing: boolean };
  /** What is looked for in the help. */
  readonly helpSearch: { readonly text: string; readonly editing: boolean };
  readonly onlyBroken: boolean;
  /** What the next action is about, instead of the selected row. */
  readonly marks: ReadonlySet<InstanceId>;
  readonly treeMode: TreeMode;
  /** The nodes view has its nodes beneath their first tags. */
  readonly byTag: boolean;
  readonly dialog: Dialog | undefined;
  /** Present while it is open. */
  readonly palette: Palette | undefined;
  readonly notice: Notice | undefined;
  /** The first words to a newcomer are shown, until a key is pressed. */
  readonly hint: boolean;
  /** Ids of the ended actions that the operator has taken note of. */
  readonly noted: ReadonlySet<string>;
  /** Another program has the terminal, or is about to: what was typed after it is not for us. */
  readonly away: boolean;
  /** Rows of the body, for paging and for keeping the cursor in sight. */
  readonly bodyRows: number;
  /** Few columns or rows: headings of levels are left out. */
  readonly compact: boolean;
  /** Lines of the scrolled page, as its painter measured them. */
  readonly pageLines: number;
};

/** By the name of a command: the chords that it has instead of its own, as src/keys writes them; none: it has no key. */
export type KeyMap = ReadonlyMap<string, readonly string[]>;

/** How the console runs. */
export type Mode = {
  readonly readOnly: boolean;
  readonly source: 'live' | 'demo';
  /** Nothing runs without a reason. */
  readonly needsReason?: boolean;
  /** How many targets of an operation go at a time, 1 by default. */
  readonly batch?: number;
  /** What the operator has put on other keys. */
  readonly keys?: KeyMap;
  readonly banner?: Banner;
  /** Flags alone made the configuration: there is no file to read again. */
  readonly isFileless?: true;
};

/** What is on screen: the live state, or the one that was held when the operator paused. */
export type Shown = {
  readonly facts: ClusterFacts;
  readonly cluster: ClusterState;
  /** Newest first. */
  readonly events: readonly ClusterEvent[];
  readonly nowMs: number;
};

/** What became of the configuration's last change, while there is something to say of it. */
export type ConfigNews =
  /** It is wrong: the one before it stays. The first one is the first of the file. */
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] }
  /** It is applied when this has ended: "restart chainfire@node01". */
  | { readonly kind: 'waiting'; readonly until: string };

/** What came of a configuration that was read. */
export type Reloaded = 'holds' | 'waits' | 'unchanged' | 'bad';

export type AppState = Shown & {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly options: JudgeOptions;
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Newest first. */
  readonly operations: readonly Operation[];
  /** Present while the logs view is open. */
  readonly logs: LogsState | undefined;
  /** How often a log was opened. */
  readonly logSessions: number;
  readonly ui: Ui;
  readonly mode: Mode;
  readonly config: ConfigNews | undefined;
  /** Minutes east of UTC, for clock times. */
  readonly utcOffsetMinutes: number;
  /** Present while paused; everything else goes on. */
  readonly held: Shown | undefined;
};

export const frameOf = (view: ViewId, subject?: SubjectId): ViewFrame => ({
  view,
  anchor: undefined,
  scroll: 0,
  column: undefined,
  subject,
});

/** A view that lies on another, about a subject or about the keys: it scrolls, and has no rows. */
export const isPage = (view: ViewId): boolean =>
  view === 'detail' || view === 'what-if' || view === 'logs' || view === 'help';

/** The view on screen. */
export const topFrame = (ui: Ui): ViewFrame => ui.stack.at(-1) ?? ui.stack[0];

/** The help's input is open; without the help on screen there is none. */
export const searchesHelp = ({ ui }: AppState): boolean =>
  ui.helpSearch.editing && topFrame(ui).view === 'help';

/** What the screen shows: held while paused, live otherwise. */
export const shown = (state: AppState): Shown => state.held ?? state;
