/** Follows the files of the configuration of a running app. */
import type { App } from '../app/app.ts';
import type { LoadedConfig } from '../config/load.ts';
import { watchFiles } from '../lib/file-watch.ts';
import type { Reloaded } from '../store/state.ts';
import { reloadedNotice } from '../views/config-lines.ts';

/** A changed configuration holds after two looks at it. */
const WATCH_MS = 500;

/** Takes up what changes in the configuration's files, at once when asked to, until the returned function is called. */
export const followFiles = (app: App, load: (found?: string) => LoadedConfig): (() => void) => {
  const reread = (): Reloaded => app.reload(load(app.config().file));
  // It may have changed while ssh asked for a password.
  reread();
  const unlisten = app.store.onEffect(({ kind }) => {
    if (kind !== 'reload') return;
    const said = reloadedNotice(reread(), app.store.getState());
    if (said !== undefined) app.store.dispatch({ kind: 'notice', ...said });
  });
  const unwatch = watchFiles({
    files: () => app.config().files,
    everyMs: WATCH_MS,
    onChange: reread,
    // What is wrong may be mended in a file that only the bad one names.
    isUnsettled: () => app.store.getState().config?.kind === 'bad',
  });
  return () => {
    unlisten();
    unwatch();
  };
};
