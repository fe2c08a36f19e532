/** Copies of the audit's records to the system's log, through `logger`. */
import { execFile } from 'node:child_process';
import { sanitiseLine } from '../core/sanitise.ts';

const MAX_BYTES = 1024;
const LOGGER_MS = 3000;

/** At most `MAX_BYTES` of UTF-8, no character cut in two. */
const cutBytes = (text: string): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BYTES) return text;
  return `${bytes
    .subarray(0, MAX_BYTES - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')}…`;
};

/** Resolves with why it did not get there; undefined when it did. Never rejects. */
export const sendToSyslog = (text: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const words = ['-t', 'plasmatop', '-p', 'authpriv.notice', '--', cutBytes(text)];
    execFile('logger', words, { timeout: LOGGER_MS, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.code === 'ENOENT') resolve('there is no logger on this machine');
      else if (error.killed === true) resolve('logger does not answer');
      else resolve(sanitiseLine(stderr === '' ? `logger ended with ${error.code}` : stderr, 120));
    }).stdin?.end();
  });
