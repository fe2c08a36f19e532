/** Completion in real shells: in a pty, a prefix is typed, tab is pressed, and the line is read off the screen. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolOrSkip } from '../helpers/tool.ts';
import { runProgram } from './demo-cluster.ts';
import { launch, program, repository, type Session } from './driver.ts';

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';

type Shell = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Typed first. */
  readonly setUp: string;
  readonly why?: string | undefined;
};

const SHELLS: readonly Shell[] = [
  {
    name: 'bash alone',
    command: ['bash', '--norc', '--noprofile', '-i'],
    setUp: "source <(plasmatop completion bash); PS1='> '; clear",
    why: toolOrSkip('bash'),
  },
  {
    name: 'bash with bash-completion',
    command: ['bash', '--norc', '--noprofile', '-i'],
    setUp: `source ${BASH_COMPLETION}; source <(plasmatop completion bash); PS1='> '; clear`,
    why: existsSync(BASH_COMPLETION) ? toolOrSkip('bash') : toolOrSkip('bash-completion'),
  },
  {
    name: 'zsh',
    command: ['zsh', '-f', '-i'],
    setUp: "autoload -U compinit; compinit -u -D; source <(plasmatop completion zsh); PS1='> '; clear",
    why: toolOrSkip('zsh'),
  },
  {
    name: 'fish',
    command: ['fish', '--no-config', '-i'],
    setUp: "plasmatop completion fish | source; function fish_prompt; echo -n '> '; end; clear",
    why: toolOrSkip('fish'),
  },
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plasmatop-completion-'));
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('plasmatop'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(at('plasmatop'), 0o755);
  const topology = readFileSync(join(repository, 'src/topology/plasmacloud.yaml'), 'utf8');
  writeFileSync(at('odd-topology.yaml'), topology.replaceAll('k8shost.service', 'we\\x2dird.service'));
  writeFileSync(
    at('plasmatop.yaml'),
    'nodes:\n  - name: alpha\n  - { name: "Gamma:1", address: 10.0.0.3 }\ntopology: odd-topology.yaml\n',
  );
  writeFileSync(at('other.yaml'), 'nodes: [omega]\n');
  writeFileSync(
    at('tagged.yaml'),
    'nodes: [{ name: alpha, tags: [rack-7] }, omega]\ngroups: { storage: [omega] }\n',
  );
  writeFileSync(
    at('hostile.yaml'),
    `nodes:\n  - { name: "$(touch ${at('pwned')})", address: 10.0.0.1 }\n  - { name: "\`touch ${at('pwned')}\`", address: 10.0.0.2 }\n`,
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const environment = (): Record<string, string> => ({
  PATH: `${directory}${delimiter}${process.env.PATH}`,
  HOME: directory,
  XDG_CONFIG_HOME: directory,
  LC_ALL: 'C.UTF-8',
});

const open = async ({ command, setUp }: Shell): Promise<Session> => {
  const session = launch({ args: [], command, columns: 100, rows: 20, cwd: directory, env: environment() });
  await session.until(/\S/u);
  session.press(`${setUp}\r`);
  await session.until((text) => text.trimEnd() === '>');
  return session;
};

/** What is typed before tab, and the line after it. */
const CASES: readonly (readonly [typed: string, line: string])[] = [
  ['exp', 'explain'],
  ['demo --scen', 'demo --scenario'],
  ['demo --scenario quo', 'demo --scenario quorum-loss'],
  ['audit --outcome not', 'audit --outcome not-healthy'],
  ['logs iam -p warni', 'logs iam -p warning'],
  ['restart chainfire@al', 'restart chainfire@alpha'],
  ['restart chainfire@Gam', 'restart chainfire@Gamma:1'],
  ['logs iam --node Gam', 'logs iam --node Gamma:1'],
  ['wait --for=hea', 'wait --for=healthy'],
  ['--config other.yaml bring-up om', '--config other.yaml bring-up omega'],
  ['--nodes one,two bring-up tw', '--nodes one,two bring-up two'],
  ['--config tagged.yaml bring-up @ra', '--config tagged.yaml bring-up @rack-7'],
  ['--config tagged.yaml restart chainfire@@sto', '--config tagged.yaml restart chainfire@@storage'],
  ['--config tagged.yaml logs iam --node @sto', '--config tagged.yaml logs iam --node @storage'],
  ['--config tagged.yaml status --nodes alpha,@sto', '--config tagged.yaml status --nodes alpha,@storage'],
  ['--config tagged.yaml doctor --node=@ra', '--config tagged.yaml doctor --node=@rack-7'],
  ['status --config oth', 'status --config other.yaml'],
  ['completion fi', 'completion fish'],
  // A unit's name may hold a backslash: it is quoted, or the shell would take it away.
  ['start we', 'start we\\\\x2dird.service'],
];

describe.each(SHELLS)('$name', (shell) => {
  it.skipIf(shell.why !== undefined)('completes what was begun', async () => {
    const session = await open(shell);
    try {
      for (const [typed, line] of CASES) {
        session.press(`plasmatop ${typed}`);
        await session.until((text) => text.includes(`> plasmatop ${typed}`));
        session.press('tab');
        await session.until((text) => text.split('\n')[0]?.startsWith(`> plasmatop ${line}`) ?? false);
        // No command in between: what is typed while one runs, the terminal would echo before the prompt.
        session.press('\u0015');
        await session.until((text) => text.trimEnd() === '>');
      }
    } finally {
      session.dispose();
    }
  });

  it.skipIf(shell.why !== undefined)('lists what fits', async () => {
    const session = await open(shell);
    try {
      session.press('plasmatop re', 'tab', 'tab');
      await session.until((now) => now.includes('rerun') && now.includes('reset-failed'));
    } finally {
      session.dispose();
    }
  });

  it.skipIf(shell.why !== undefined)('says nothing where nothing fits, and runs no name', async () => {
    const session = await open(shell);
    try {
      session.press('plasmatop --config hostile.yaml bring-up ', 'tab', 'x', 'tab', 'y');
      const after = await session.until(/bring-up xy/u);
      expect(after.trim()).toBe('> plasmatop --config hostile.yaml bring-up xy');
      expect(existsSync(join(directory, 'pwned'))).toBe(false);
    } finally {
      session.dispose();
    }
  });
});

describe('the part in the program', () => {
  it('ends well and silently, whatever it is asked', async () => {
    for (const words of [[], ['bash'], ['bash', '--'], ['zsh', '--', '--config', '/no/such', 'logs', '']]) {
      const { exitCode, stderr } = await runProgram(['__complete', ...words], { cwd: directory });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    }
  });

  it('names the shells that it knows', async () => {
    const { exitCode, stderr } = await runProgram(['completion', 'fishs']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('did you mean fish?');
    expect((await runProgram(['completion'])).stderr).toContain('One of bash, zsh, fish.');
  });
});
