/** Files that are wrong, hostile or no configuration at all: refused with exit 78, place and remedy, and nothing of them runs. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProgramEnd, runProgram } from './demo-cluster.ts';
import { launch } from './driver.ts';

describe('files that are refused', () => {
  let directory: string;
  let trap: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pt-config-'));
    trap = join(directory, 'trap-was-sprung');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const at = (name: string): string => join(directory, name);
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const expectRefusal = ({ exitCode, stdout, stderr }: ProgramEnd): string => {
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr).toMatch(/^ {2}remedy: ./m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
    expect(existsSync(trap)).toBe(false);
    return stderr;
  };

  it('names that would be options or shell code, every one with its line and a remedy', async () => {
    const evil = [
      `cluster: "x\\e]52;c;RVZJTA==\\a"`,
      'nodes:',
      `  - name: -oProxyCommand=touch ${trap}`,
      `  - name: "$(touch ${trap})"`,
      `    address: "10.0.0.1; touch ${trap}"`,
      `    ssh: "-oProxyCommand=touch ${trap}"`,
      '  - name: node03',
      '    adress: 10.0.0.3',
      `    ssh: "ops@\`touch ${trap}\`"`,
      `    services: ["chainfire; touch ${trap}", "--now"]`,
      '    ports: { 2379: 99999 }',
      '    serverName: "a b"',
      'ssh:',
      '  user: -l root',
      '  options:',
      `    - ProxyCommand=touch ${trap}`,
      `    - Match=exec "touch ${trap}"`,
      '    - --',
      '    - ControlPath=/elsewhere',
      'poll: { interval: soon }',
      'audit: { file: "" }',
      'readonly: true',
      '__proto__: { readOnly: false }',
    ];
    const said = expectRefusal(await runProgram(['--config', file('evil.yaml', evil.join('\n'))]));
    const places = [...said.matchAll(/^\S+evil\.yaml:(\d+):\d+: /gm)].map(([, line]) => Number(line));
    expect(places).toEqual([1, 3, 4, 5, 6, 8, 9, 10, 10, 11, 12, 14, 16, 17, 18, 19, 20, 21, 22, 23]);
    expect(said.match(/^ {2}remedy: ./gm)).toHaveLength(places.length);
    expect(said).toContain('did you mean address?');
    expect(said).toContain('did you mean readOnly?');
  });

  it('units, paths and names of a topology', async () => {
    const evil = JSON.stringify(
      {
        name: 'evil',
        title: 'Evil\u001b[2J',
        levels: [{ number: 1, title: 'One', description: 'one' }],
        services: [
          {
            ...{ name: '--now', title: 'a', level: 1, purpose: 'x', type: 'simple', start: '1s' },
            unit: `a.service; touch ${trap}`,
            after: ['--root=/'],
            data: '../etc',
            checks: [
              { id: 'health', kind: 'https-json', port: 0, path: '/x HTTP/1.1\r\nHost: evil' },
              { id: 'dns', kind: 'dns', port: 53, query: '-x', address: 'localhost' },
            ],
          },
        ],
      },
      undefined,
      1,
    );
    const topology = file('topology.yaml', evil);
    for (const args of [
      ['--nodes', 'node01', '--topology', topology],
      ['explain', '--topology', topology],
    ]) {
      const said = expectRefusal(await runProgram(args));
      for (const what of ['title', 'name', 'unit', 'after', 'data', 'port', 'path', 'query', 'address']) {
        expect(said).toMatch(new RegExp(`topology\\.yaml:\\d+:\\d+: .*\\b${what}`));
      }
    }
  });

  it('nodes on the command line', async () => {
    for (const nodes of ['-oProxyCommand=x', 'a,,b', 'a b', '$(id)', 'a,a', 'x\u001b[2J']) {
      expectRefusal(await runProgram([`--nodes=${nodes}`]));
    }
  });

  it.each<[what: string, make: (path: string) => void, says: RegExp]>([
    ['a directory', (path) => mkdirSync(path), /it is a directory/],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /not a regular file/],
    [
      'a program',
      (path) => writeFileSync(path, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2])),
      /not a text file/,
    ],
    ['empty', (path) => writeFileSync(path, ''), /:1:1: .*must be a block of keys and values/],
    ['10 MB long', (path) => writeFileSync(path, '  - node\n'.repeat(1_111_111)), /larger than 256 KiB/],
    [
      'one long line',
      (path) => writeFileSync(path, `cluster: ${'x'.repeat(200_000)}\nnodes: [a]`),
      /longer than 400/,
    ],
    [
      'as deep as it is long',
      (path) => writeFileSync(path, `nodes: ${'['.repeat(100_000)}`),
      /nested too deeply/,
    ],
    [
      'deep by its indentation',
      (path) => writeFileSync(path, staircase(700)),
      /unknown key|nested too deeply/,
    ],
    [
      'wrong in every line',
      (path) => writeFileSync(path, `nodes:\n${'  - -x\n'.repeat(20_000)}`),
      /and 19950 more$/m,
    ],
    ['text that is no YAML', (path) => writeFileSync(path, 'nodes: [a\n\tb: }{'), /:\d+:\d+: /],
    ['a picture of itself', (path) => writeFileSync(path, 'nodes: &a [*a]'), /:1:\d+: /],
    ['a bomb of aliases', (path) => writeFileSync(path, aliases(9)), /:1:1: .*alias/i],
  ])('%s', async (what, make, says) => {
    const path = at(`${what.replaceAll(' ', '-')}.yaml`);
    make(path);
    expect(expectRefusal(await runProgram(['status', '--config', path]))).toMatch(says);
  });

  it('devices and what is not there', async () => {
    expect(expectRefusal(await runProgram(['--config', '/dev/zero']))).toMatch(/not a regular file/);
    expect(expectRefusal(await runProgram(['--config', at('evil.yaml/x')]))).toMatch(/no such file/);
    expect(expectRefusal(await runProgram(['--config', 'x'.repeat(5000)]))).toMatch(/ENAMETOOLONG|too long/);
  });

  it('on a terminal just as well: the screen is never opened for them', async () => {
    const session = launch({ args: ['--config', file('short.yaml', 'nodes: []\nzzz: 1\n')], columns: 120 });
    expect((await session.exited).code).toBe(78);
    expect(session.output()).not.toContain('\u001b');
    expect(session.text()).toMatch(/short\.yaml:1:\d+: nodes: .*holds no node/);
    session.dispose();
  });
});

/** Blocks within blocks. */
const staircase = (depth: number): string =>
  Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n');

/** Nine times nine times nine … values. */
const aliases = (levels: number): string =>
  Array.from({ length: levels }, (_, level) => {
    const item = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
  }).join('\n');
