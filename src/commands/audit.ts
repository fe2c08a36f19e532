/** `plasmatop audit`: what was done from here, by whom, and how it ended. */
import { resolve } from 'node:path';
import { readWholeAudit } from '../actions/audit-read.ts';
import { isOrphan } from '../actions/orphans.ts';
import { verbs } from '../actions/verbs.ts';
import type { Config } from '../config/types.ts';
import type { AuditRead } from '../core/audit/read.ts';
import { isWanted } from '../core/audit/select.ts';
import { plural } from '../core/format.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { utcOffsetMinutes } from '../lib/clock.ts';
import { parseAuditWords } from './audit-options.ts';
import { auditJson, auditLines } from './audit-text.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import { loadConfigFor } from './load-config.ts';

const NOTHING: AuditRead = { entries: [], bad: 0 };

type Source = { readonly file: string; readonly config?: Config };

/** The file that is named, else that of the configuration; undefined after the problems were printed. */
const sourceOf = async (context: CommandContext): Promise<Source | undefined> => {
  const named = stringFlag(context, 'file');
  if (named !== undefined) return { file: resolve(context.cwd, named) };
  const config = await loadConfigFor(context);
  return config === undefined ? undefined : { file: config.audit.file, config };
};

export const audit: CommandRun = async (context) => {
  const { stdout, stderr, clock } = context;
  const complain = (message: string, remedy = ''): void => {
    stderr.write(`plasmatop: ${message}\n${remedy === '' ? '' : `  ${remedy}\n`}`);
  };
  const parsed = parseAuditWords(
    (name) => stringFlag(context, name),
    booleanFlag(context, 'open'),
    Object.keys(verbs),
    clock.now(),
  );
  if (!parsed.ok) {
    complain(parsed.message, parsed.remedy);
    return exitCode.usage;
  }
  const source = await sourceOf(context);
  if (source === undefined) return exitCode.config;
  const { file, config } = source;

  let read: AuditRead;
  try {
    read = await readWholeAudit(file);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) {
      complain(sanitiseLine(error instanceof Error ? error.message : String(error), 300));
      return exitCode.noInput;
    }
    complain(`nothing was done yet: there is no ${file}`);
    read = NOTHING;
  }
  const { filter, last } = parsed.words;
  const wanted = read.entries.filter((entry) => isWanted(entry, filter));
  const shown = last === undefined ? wanted : wanted.slice(-last);
  const orphans =
    filter.open === true && config?.ssh.enabled === true
      ? shown.filter((entry) => isOrphan(entry, config.inventory.cluster, clock.now()))
      : [];
  let found: ReadonlyMap<string, string> = new Map();
  if (config !== undefined && orphans.length > 0) {
    const { lookUp } = await import('./audit-look-up.ts');
    found = await lookUp(config, orphans, context);
  }
  const lines = booleanFlag(context, 'json')
    ? shown.map((entry) => auditJson(entry, found))
    : auditLines(shown, utcOffsetMinutes, found);
  for (const line of lines) stdout.write(`${line}\n`);
  if (read.bad > 0) {
    complain(
      `${plural(read.bad, 'line')} of the audit ${read.bad === 1 ? 'is' : 'are'} no record and left out`,
    );
  }
  return exitCode.ok;
};
