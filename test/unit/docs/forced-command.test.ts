/** The filter of docs/security.md lets through what the console sends to look, under a real shell, and nothing else. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteCommand } from '../../../src/core/quote.ts';
import { journalCommand } from '../../../src/probes/journal.ts';
import { lookCommand } from '../../../src/probes/systemd.ts';
import { relationsCommand } from '../../../src/probes/systemd-relations.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');
const filter = /^```sh\n(#!\/bin\/sh\n[\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
const units = builtinTopology().services.map(({ unit }) => unit);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plasmatop-filter-'));
  writeFileSync(join(directory, 'filter'), filter);
  // Each says only how it was called: the machine that tests need not have systemd.
  for (const name of ['systemctl', 'journalctl', 'systemd-stdio-bridge', 'sudo', 'rm', 'id']) {
    writeFileSync(join(directory, name), `#!/bin/sh\necho "ran ${name} $*"\n`);
    chmodSync(join(directory, name), 0o755);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const sent = async (line: string): Promise<{ readonly code: number; readonly said: string }> => {
  const env = { PATH: `${directory}:/usr/bin:/bin`, SSH_ORIGINAL_COMMAND: line };
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', [join(directory, 'filter')], { env });
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout } = error as { readonly code: number; readonly stdout: string };
    return { code, said: stdout };
  }
};

describe('the forced command', () => {
  it.each([
    ['a look', lookCommand(units), /ran systemctl show -p Version[\s\S]*ran systemctl list-jobs/],
    [
      'what units depend on',
      remoteCommand(relationsCommand(units)),
      /ran systemctl show .*chainfire\.service/,
    ],
    ['the journal', remoteCommand(journalCommand(units)), /ran journalctl .*chainfire\.service/],
    ['the bridge', 'systemd-stdio-bridge', /ran systemd-stdio-bridge/],
  ])('lets %s through', async (_, line, said) => {
    const end = await sent(line);
    expect(end.said).toMatch(said);
    expect(end.code).toBe(0);
  });

  it.each([
    'sudo -n systemctl restart -- chainfire.service',
    'systemctl restart -- chainfire.service',
    'systemctl show x; rm -rf x',
    'systemctl show x;rm x',
    "systemctl show 'a;rm x'",
    'systemctl show $(id)',
    'systemctl show `id`',
    'systemctl show x | id',
    'systemctl show x && id',
    'systemctl show x & id',
    'systemctl show x > y',
    'systemctl show x\nid',
    'cat /etc/passwd',
    'id',
    '',
    ' ; id',
  ])('refuses %j', async (line) => {
    expect(await sent(line)).toEqual({ code: 126, said: '' });
  });
});
