/** What comes of an entry that was chosen in the palette: the same commands that keys send. */
import type { Choice, Command } from './events.ts';
import { goTo } from './jump.ts';
import { type Outcome, only, withUi } from './outcome.ts';
import { back, push } from './stack.ts';
import { type AppState, frameOf, type SubjectId, topFrame } from './state.ts';
import { runCommand } from './ui-reduce.ts';

/** The state as a key would find it that is about `id`: a page about it is what it stands on. */
export const standingOn = (state: AppState, id: SubjectId): AppState => push(state, frameOf('detail', id));

/** Runs the command as if `id` were selected. The page that says so is taken away again from beneath what it opened. */
const runOn = (state: AppState, command: Command, id: SubjectId): Outcome => {
  // One log at a time is read: a second one takes its place.
  const from = topFrame(state.ui).view === 'logs' ? back(state) : state;
  const outcome = runCommand(standingOn(from, id), command);
  const [first, ...rest] = outcome.state.ui.stack;
  const depth = from.ui.stack.length;
  const stack = [first, ...rest.filter((_, index) => index + 1 !== depth)] as const;
  const isBack = stack.length === depth;
  return {
    ...outcome,
    state: withUi(outcome.state, { stack, ...(isBack ? { pageLines: from.ui.pageLines } : {}) }),
  };
};

export const runChoice = (state: AppState, choice: Choice): Outcome => {
  const closed = withUi(state, { palette: undefined });
  switch (choice.kind) {
    case 'go':
      return only(goTo(closed, choice.to));
    case 'command':
      return choice.on === undefined
        ? runCommand(closed, choice.command)
        : runOn(closed, choice.command, choice.on);
    default:
      return choice satisfies never;
  }
};
