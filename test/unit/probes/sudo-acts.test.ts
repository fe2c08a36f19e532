import { describe, expect, it } from 'vitest';
import { askSudoActs } from '../../../src/probes/sudo-acts.ts';
import type { Link, RunResult } from '../../../src/ssh/types.ts';

const { signal } = new AbortController();
const entry = JSON.stringify({
  __REALTIME_TIMESTAMP: '1700000000000000',
  SYSLOG_IDENTIFIER: 'sudo',
  MESSAGE: 'alice : PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire',
});
const ended = (more: Partial<Extract<RunResult, { ok: true }>>): RunResult => ({
  ...{ ok: true, exitCode: 0, stdout: `${entry}\n`, stderr: '', truncated: false, durationMs: 1 },
  ...more,
});

const node = (answer: (words: string) => RunResult, state = 'up') => {
  const asked: string[] = [];
  const link = {
    node: 'node02',
    state: () => ({ state }),
    run: async (words: readonly string[]) => {
      asked.push(words.join(' '));
      return answer(words.join(' '));
    },
  } as unknown as Link;
  return { asked, acts: (sudo: boolean) => askSudoActs(link, { sudo, time: undefined, signal }) };
};
const closed = ended({
  stdout: '',
  stderr: 'Hint: You are currently not seeing messages from other users and the system.',
});

describe('the look into the journal of sudo', () => {
  it('is one, and gives what is there', async () => {
    const open = node(() => ended({}));
    expect(await open.acts(true)).toMatchObject([{ node: 'node02', user: 'alice', verb: 'restart' }]);
    expect(open.asked).toHaveLength(1);
  });

  it('tries sudo only where the journal stays closed and sudo may be used', async () => {
    const shut = node((words) => (words.startsWith('sudo -n ') ? ended({}) : closed));
    expect(await shut.acts(true)).toHaveLength(1);
    expect(shut.asked).toHaveLength(2);
    expect(await shut.acts(false)).toEqual([]);
    expect(shut.asked).toHaveLength(3);
  });

  it('gives nothing, quietly, where it may not be read, fails, or there is no connection', async () => {
    const never = node((words) =>
      words.startsWith('sudo') ? ended({ exitCode: 1, stderr: 'sudo: a password is required' }) : closed,
    );
    expect(await never.acts(true)).toEqual([]);
    const failure = { kind: 'timeout', detail: '', remedy: '' } as const;
    const lost = node(() => ({ ok: false, failure, sent: true, durationMs: 1 }) as unknown as RunResult);
    expect(await lost.acts(true)).toEqual([]);
    const down = node(() => ended({}), 'failed');
    expect(await down.acts(true)).toEqual([]);
    expect(down.asked).toEqual([]);
  });
});
