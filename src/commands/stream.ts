/** Runs one app as a stream of lines, where there is no terminal to draw on. */
import type { App } from '../app/app.ts';
import type { LoadedConfig } from '../config/load.ts';
import { utcOffsetMinutes } from '../lib/clock.ts';
import type { ConfigNews } from '../store/state.ts';
import { keptWords } from '../views/config-lines.ts';
import { type CommandContext, exitCode } from './context.ts';
import { followFiles } from './follow-files.ts';
import { configurationLine, eventLine, headlineLine } from './plain.ts';

/** Until a signal comes; returns the exit code. `load` is as the console's. */
export const asStream = (
  app: App,
  { stdout, stopped, clock }: CommandContext,
  load: ((found?: string) => LoadedConfig) | undefined,
): Promise<number> =>
  new Promise((resolve) => {
    let lastSeq = -1;
    let lastHeadline = '';
    let dropped = 0;
    const write = (line: string): void => {
      // A reader that has stopped reading must not make us hold what it will never read.
      if (stdout.writableNeedDrain) {
        dropped += 1;
        return;
      }
      if (dropped > 0) stdout.write(`plasmatop: ${dropped} lines were not read in time and are left out\n`);
      dropped = 0;
      stdout.write(`${line}\n`);
    };
    const tell = (words: string): void => {
      const atMs = clock.now();
      write(configurationLine(words, atMs, utcOffsetMinutes(atMs)));
    };
    let lastNews: ConfigNews | undefined;
    const unsubscribe = app.store.subscribe(({ events, cluster, config }) => {
      if (config !== lastNews) {
        if (config?.kind === 'bad') tell(keptWords(config));
        else if (lastNews?.kind === 'bad') tell('its mistake is mended');
        lastNews = config;
      }
      for (const event of events.filter(({ seq }) => seq > lastSeq).reverse()) {
        lastSeq = Math.max(lastSeq, event.seq);
        write(eventLine(event, utcOffsetMinutes(event.atMs)));
      }
      // Ages move every second; a line is written when the sentence changes.
      if (cluster.headline.sentence === lastHeadline) return;
      lastHeadline = cluster.headline.sentence;
      write(headlineLine(cluster, utcOffsetMinutes(cluster.atMs)));
    });
    let unwatch: (() => void) | undefined;
    const unlisten = app.onConfigured(() => tell('the changed configuration holds now'));
    const end = (): void => {
      unsubscribe();
      unlisten();
      unwatch?.();
      resolve(exitCode.ok);
    };
    if (stopped.aborted) end();
    else {
      stopped.addEventListener('abort', end, { once: true });
      app.start();
      unwatch = load && followFiles(app, load);
    }
  });
