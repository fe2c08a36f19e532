/** From file, flags and defaults to a Config; and each mistake answered with its place and a remedy, never a throw. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeOptionsOf } from '../../../src/config/judge-options.ts';
import { type LoadOptions, loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';
import { formatProblems, type Problem } from '../../../src/core/problem.ts';
import { loadTopology } from '../../../src/topology/load.ts';
import { createTestCa } from '../../helpers/tls.ts';

let directory = '';
const ca = await createTestCa();
const client = await ca.issue();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plasmatop-config-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

/** As ssh wants it of a private key. */
const writeKey = (): void => chmodSync(write('client-key.pem', client.key), 0o600);

const options = (more: Partial<LoadOptions> = {}): LoadOptions => ({
  env: {},
  cwd: directory,
  home: join(directory, 'home'),
  ...more,
});

const good = (more: Partial<LoadOptions> = {}): Config => {
  const loaded = loadConfig(options(more));
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
};

const bad = (more: Partial<LoadOptions> = {}): readonly Problem[] => {
  const loaded = loadConfig(options(more));
  if (loaded.ok) throw new Error('it was taken');
  return loaded.problems;
};

const config = (text: string): Config => {
  write('plasmatop.yaml', text);
  return good();
};

const problems = (text: string): readonly Problem[] => {
  write('plasmatop.yaml', text);
  return bad();
};

describe('thresholds', () => {
  const slowOf = (of: Config, name: string) =>
    of.topology.services.find((service) => service.name === name)?.checks.map(({ slowMs }) => slowMs);

  it('are those of the topology, but for the services that are named', () => {
    const plain = config('nodes: [a]');
    const own = config('nodes: [a]\nservices: { flashdns: { slow: 50ms } }\ntls: { warnDays: 30 }');
    expect(slowOf(own, 'flashdns')).toEqual([50, 50]);
    expect(slowOf(own, 'iam')).toEqual(slowOf(plain, 'iam'));
    const one = config('nodes: [a]\nservices: { flashdns: { slow: 50ms, checks: { dns: { slow: 20ms } } } }');
    const ids = one.topology.services.find(({ name }) => name === 'flashdns')?.checks.map(({ id }) => id);
    expect(slowOf(one, 'flashdns')).toEqual(ids?.map((id) => (id === 'dns' ? 20 : 50)));
    expect(judgeOptionsOf(own).certificateWarnMs).toBe(30 * 86_400_000);
    expect(judgeOptionsOf(plain).certificateWarnMs).toBe(14 * 86_400_000);
  });

  it.each([
    ['services: { flashdsn: { slow: 50ms } }', /there is no service flashdsn/u, /flashdns/u],
    ['services: { flashdns: { checks: { dsn: { slow: 1s } } } }', /flashdns has no check dsn/u, /dns/u],
    ['services: { flashdns: { slow: fast } }', /is not a duration/u, /500ms/u],
    ['services: { flashdns: { slwo: 5s } }', /unknown key "slwo"/u, /slow/u],
    ['tls: { warnDays: 0 }', /is not a number of days/u, /1 to 365/u],
  ])('%s is refused', (text, message, remedy) => {
    const [first] = problems(`nodes: [a]\n${text}`);
    expect(first?.message).toMatch(message);
    expect(first?.remedy).toMatch(remedy);
    expect(first?.line).toBe(2);
  });
});

describe('a pace of its own', () => {
  const paceOf = (of: Config, name: string) =>
    of.topology.services
      .find((service) => service.name === name)
      ?.checks.map(({ id, intervalMs, timeoutMs, fall, rise }) => [id, intervalMs, timeoutMs, fall, rise]);
  const none = undefined;

  it('is that of the check, else of the service, else of all', () => {
    const own = config(
      'nodes: [a]\npoll: { fall: 3 }\nservices: { flashdns: { interval: 10s, fall: 4, rise: 2, checks: { dns: { timeout: 5s, fall: 3 } } } }',
    );
    expect(paceOf(own, 'flashdns')).toEqual([
      ['dns', 10_000, 5000, none, 2],
      ['https', 10_000, none, 4, 2],
    ]);
    expect(paceOf(own, 'iam')).toEqual([['health', none, none, none, none]]);
  });

  it('has a timeout that follows its interval where nobody wrote one', () => {
    const quick = config('nodes: [a]\nservices: { iam: { interval: 1s } }');
    expect(paceOf(quick, 'iam')).toEqual([['health', 1000, 750, none, none]]);
    const slow = config('nodes: [a]\npoll: { interval: 1s }\nservices: { iam: { interval: 10s } }');
    expect(slow.poll.timeoutMs).toBe(750);
    expect(paceOf(slow, 'iam')).toEqual([['health', 10_000, 1500, none, none]]);
  });

  it.each([
    [
      'services: { flashdns: { checks: { dns: { timeout: 3s } } } }',
      'the timeout (3000 ms, services.flashdns.checks.dns.timeout) must be shorter than the interval (2000 ms, by default)',
      'services.flashdns.checks.dns.timeout',
    ],
    [
      'poll: { timeout: 1500ms, interval: 5s }\nservices: { flashdns: { interval: 1s } }',
      'the timeout (1500 ms, poll.timeout) must be shorter than the interval (1000 ms, services.flashdns.interval)',
      'services.flashdns.interval',
    ],
    [
      'services: { flashdns: { timeout: 4s, interval: 5s, checks: { https: { interval: 4s } } } }',
      'the timeout (4000 ms, services.flashdns.timeout) must be shorter than the interval (4000 ms, services.flashdns.checks.https.interval)',
      'services.flashdns.checks.https.interval',
    ],
    ['services: { iam: { interval: 50ms } }', 'an interval of 50 ms is too short', 'services.iam.interval'],
    [
      'services: { iam: { checks: { health: { rise: 21 } } } }',
      '"21" is more looks than may be asked for: only so many are remembered',
      'services.iam.checks.health.rise',
    ],
    [
      'services: { iam: { checks: { health: { timeot: 1s } } } }',
      'unknown key "timeot"',
      'services.iam.checks.health.timeot',
    ],
    [
      'services: { iam: { checks: { helth: { fall: 3 } } } }',
      'iam has no check helth',
      'services.iam.checks.helth',
    ],
  ])('%s is refused, once', (text, message, path) => {
    expect(problems(`nodes: [a]\n${text}`).map((one) => [one.message, one.path])).toEqual([[message, path]]);
  });
});

describe('groups', () => {
  const nodes = 'nodes: [{ name: node01, tags: [rack-r07] }, node02, node03]\n';

  it('are tags of their nodes, and stand for them behind @', () => {
    write('plasmatop.yaml', `${nodes}groups: { storage: [node02, node01], edge: [node03] }`);
    expect(good().inventory.nodes.map(({ tags }) => tags)).toEqual([
      ['rack-r07', 'storage'],
      ['storage'],
      ['edge'],
    ]);
    const names = (flag: string): readonly string[] =>
      good({ nodes: flag }).inventory.nodes.map(({ name }) => name);
    expect(names('@storage')).toEqual(['node01', 'node02']);
    expect(names('node03,@rack-r07,@storage')).toEqual(['node03', 'node01', 'node02']);
    expect(bad({ nodes: '@storge' })[0]).toMatchObject({
      message: 'no node has the tag "storge"',
      remedy: 'did you mean @storage?',
    });
  });

  it.each([
    ['groups: { storage: [node1] }', /there is no node node1/u],
    ['groups: { "Sto rage": [node01] }', /is not a name of a group/u],
    ['groups: { storage: [] }', /holds no node/u],
  ])('%s is refused', (text, message) => {
    const [first] = problems(`${nodes}${text}`);
    expect(first?.message).toMatch(message);
    expect(first?.line).toBe(2);
  });
});

describe('banner', () => {
  it('is a text, red unless it says otherwise', () => {
    expect(config('nodes: [a]').ui).not.toHaveProperty('banner');
    expect(config('nodes: [a]\nbanner: PRODUCTION').ui.banner).toEqual({ text: 'PRODUCTION', color: 'red' });
    expect(config('nodes: [a]\nbanner: { text: LAB, color: blue }').ui.banner).toEqual({
      text: 'LAB',
      color: 'blue',
    });
  });

  it.each([
    ['banner: { text: "  " }', /1 to 20 characters/u],
    [`banner: ${'X'.repeat(21)}`, /1 to 20 characters/u],
    ['banner: "a\\u001b[31m"', /control character/u],
    ['banner: { text: LAB, color: purple }', /none of red, orange, yellow, green, blue, magenta, grey/u],
    ['banner: { color: red }', /"text" is missing/u],
    ['ui: { theme: solarized }', /none of default, dark, light, high-contrast/u],
  ])('%s is refused', (text, message) => {
    const [first] = problems(`nodes: [a]\n${text}`);
    expect(first?.message).toMatch(message);
    expect(first?.line).toBe(2);
  });
});

describe('keys', () => {
  it('are read one or several, by name or sign, a digit too, or none', () => {
    const { ui } = config(
      'nodes: [node01]\nkeys:\n  restart: Z\n  unfold: [right, Ctrl-X, "&"]\n  view-tree: 7\n  shell: none\n',
    );
    expect([...ui.keys]).toEqual([
      ['restart', ['Z']],
      ['unfold', ['right', 'ctrl-x', '&']],
      ['view-tree', ['7']],
      ['shell', []],
    ]);
  });

  it('are refused each with its line: no key, taken by the terminal, twice, another command, no command', () => {
    const told = (text: string): readonly string[] =>
      problems(`nodes: [node01]\nkeys:\n${text}`).map(
        ({ line, path, message, remedy }) => `${line} ${path}: ${message} / ${remedy}`,
      );
    expect(told('  pause: l\n  restart: [ctrl-s, F5]\n  filter: !\n  help: [h, h]\n')).toEqual([
      '3 keys.pause: l is the key of unfold, too, in tree / choose another key, or give unfold another one, or none',
      '3 keys.pause: l is the key of column-right, too, in nodes / choose another key, or give column-right another one, or none',
      '3 keys.pause: l is the key of logs-level, too, in logs / choose another key, or give logs-level another one, or none',
      '4 keys.restart[0]: "ctrl-s" is taken by terminals, shells or tmux / choose another key',
      expect.stringMatching(/^4 keys\.restart\[1\]: "F5" is not a key/u),
      '5 keys.filter: "" is not a key / write the key in quotes: "!"',
      '6 keys.help[1]: "h" is there twice / remove it',
    ]);
    expect(told('  restrat: Z\n  copy: j\n')).toEqual([
      '3 keys.restrat: there is no command restrat whose key could be chosen / did you mean restart?',
      expect.stringMatching(/^4 keys\.copy: j is the key of move-down, too, in tree, nodes/u),
    ]);
    expect(told('  copy: {}\n')).toEqual([expect.stringMatching(/^3 keys\.copy: "copy" is not a key/u)]);
    expect(told('  confirm: x\n')).toEqual([
      expect.stringMatching(/^3 keys\.confirm: there is no command confirm/u),
    ]);
  });
});

describe('the documentation', () => {
  const docs = (name: string): string =>
    readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8');
  const yamlOf = (text: string): string => {
    const block = /```yaml\n([\s\S]*?)```/u.exec(text)?.[1];
    if (block === undefined) throw new Error('no example');
    return block;
  };

  it('has a complete example that loads', () => {
    write('ca.pem', ca.cert);
    write('client.pem', client.cert);
    writeKey();
    write('ssh_config', 'Host *\n');
    const loaded = config(yamlOf(docs('configuration.md')));
    expect(loaded).toMatchObject({
      file: join(directory, 'plasmatop.yaml'),
      cluster: 'prod-tokyo',
      poll: { intervalMs: 2000, timeoutMs: 1500, fall: 2, rise: 1 },
      tls: { ca: ca.cert, cert: client.cert, key: client.key, insecure: false },
      ssh: {
        enabled: true,
        configFile: join(directory, 'ssh_config'),
        user: 'ops',
        options: ['ServerAliveInterval=5'],
        sudo: true,
        follow: true,
        checkRights: true,
        connectTimeoutMs: 5000,
        maxChannels: 4,
      },
      ui: { ascii: false, color: 'auto' },
      readOnly: false,
      actions: { batch: 1 },
      audit: {
        file: join(directory, 'audit.jsonl'),
        maxSize: 10 * 1024 * 1024,
        keep: 10,
        syslog: false,
        reason: false,
      },
    });
    expect(loaded.inventory.nodes).toMatchObject([
      { name: 'node01', address: 'node01', ssh: 'node01', serverName: 'node01.prod.example' },
      {
        name: 'node02',
        address: '10.0.0.12',
        ssh: 'ops@node02',
        services: ['chainfire', 'flaredb', 'iam', 'flashdns'],
        ports: new Map([[2379, 12_379]]),
        serverName: 'node02.prod.example',
        tags: ['rack-r07', 'storage'],
      },
      { name: 'node03', address: '10.0.0.13' },
    ]);
    expect(loaded.inventory.nodes[2]).not.toHaveProperty('ssh');
    expect(loaded.inventory.nodes[0]?.services).toHaveLength(9);
  });

  it('says the defaults as they are', () => {
    const example = yamlOf(docs('configuration.md'));
    const { poll, ssh, ui, tls, readOnly } = config('nodes: [node01]');
    write('ca.pem', ca.cert);
    write('client.pem', client.cert);
    writeKey();
    write('ssh_config', '');
    const shown = config(example);
    expect(shown.poll).toEqual(poll);
    const { banner, ...rest } = shown.ui;
    expect(banner).toEqual({ text: 'PRODUCTION', color: 'red' });
    expect({ ...rest, keys: ui.keys }).toEqual(ui);
    expect(shown.readOnly).toBe(readOnly);
    expect(shown.tls.insecure).toBe(tls.insecure);
    expect(shown.ssh).toMatchObject({ ...ssh, options: ['ServerAliveInterval=5'] });
  });

  it('has a topology that loads', () => {
    const loaded = loadTopology({ path: 'topology.md', text: yamlOf(docs('topology.md')) });
    expect(loaded.ok ? [] : loaded.problems).toEqual([]);
  });
});

describe('the file that is used', () => {
  const places = {
    flag: 'flag/a.yaml',
    env: 'env/b.yaml',
    cwd: 'plasmatop.yaml',
    xdg: 'xdg/plasmatop/plasmatop.yaml',
    home: 'home/.config/plasmatop/plasmatop.yaml',
  };
  const put = (...names: readonly (keyof typeof places)[]): void => {
    for (const name of names) write(places[name], `cluster: ${name}\nnodes: [node01]\n`);
  };
  const env = (more: Record<string, string> = {}) => ({ XDG_CONFIG_HOME: join(directory, 'xdg'), ...more });

  it('is the one of --config, relative to where we are', () => {
    put('flag', 'env', 'cwd', 'xdg', 'home');
    const variable = env({ PLASMATOP_CONFIG: join(directory, places.env) });
    expect(good({ file: places.flag, env: variable }).cluster).toBe('flag');
  });

  it('else the one of $PLASMATOP_CONFIG', () => {
    put('env', 'cwd', 'xdg', 'home');
    expect(good({ env: env({ PLASMATOP_CONFIG: join(directory, places.env) }) }).cluster).toBe('env');
    expect(good({ env: env({ PLASMATOP_CONFIG: '' }) }).cluster).toBe('cwd');
  });

  it('else here, then XDG, then home', () => {
    put('cwd', 'xdg', 'home');
    expect(good({ env: env() }).cluster).toBe('cwd');
    rmSync(join(directory, places.cwd));
    expect(good({ env: env() }).cluster).toBe('xdg');
    expect(good().cluster).toBe('home');
    expect(good({ env: { XDG_CONFIG_HOME: 'relative' } }).cluster).toBe('home');
  });

  it('must exist when it was asked for', () => {
    put('cwd');
    expect(bad({ file: 'nope.yaml' })).toMatchObject([
      { file: join(directory, 'nope.yaml'), message: 'cannot be read: no such file' },
    ]);
    expect(bad({ env: { PLASMATOP_CONFIG: 'nope.yaml' } })).toHaveLength(1);
    expect(bad({ file: directory })).toMatchObject([{ message: 'cannot be read: it is a directory' }]);
  });

  it('is not passed over when it cannot be read', () => {
    put('cwd', 'home');
    const file = join(directory, places.cwd);
    chmodSync(file, 0);
    const isRoot = process.getuid?.() === 0;
    // Root may read anything; the check is real only as somebody else, who may look into the directory.
    if (isRoot) {
      chmodSync(directory, 0o755);
      process.seteuid?.(65_534);
    }
    try {
      expect(bad()).toMatchObject([{ file, message: 'cannot be read: permission denied' }]);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('is not used when others may write to it, whoever named it', () => {
    put('cwd');
    const file = join(directory, places.cwd);
    chmodSync(file, 0o666);
    const fault = { file, message: 'everybody may write to it: not used', remedy: `chmod o-w ${file}` };
    expect(bad()).toMatchObject([fault]);
    expect(bad({ file: places.cwd })).toMatchObject([fault]);
    expect(bad({ env: { PLASMATOP_CONFIG: file } })).toMatchObject([fault]);
    chmodSync(file, 0o664);
    expect(good({ file: places.cwd }).cluster).toBe('cwd');
  });

  it.skipIf(process.getuid?.() !== 0)('of a strange group or owner', () => {
    put('cwd');
    const file = join(directory, places.cwd);
    chownSync(file, 0, 54_321);
    chmodSync(file, 0o664);
    expect(bad({ file })).toMatchObject([
      { message: 'group 54321 may write to it: not used', remedy: `chmod g-w ${file}` },
    ]);
    chownSync(file, 54_321, 0);
    chmodSync(file, 0o644);
    expect(bad()).toMatchObject([{ message: 'it belongs to another user (uid 54321): not used' }]);
    expect(good({ file }).cluster).toBe('cwd');
  });

  it('holds no secret: what sounds like one is refused, with where it belongs', () => {
    for (const key of ['password', 'sshPassphrase', 'api_key', 'authToken']) {
      const [problem] = problems(`nodes: [a]\nssh: { ${key}: hunter2 }`);
      expect(problem).toMatchObject({ line: 2, path: `ssh.${key}`, message: `unknown key "${key}"` });
      expect(problem?.remedy).toMatch(/^remove it: no secret belongs in this file/u);
      expect(JSON.stringify(problem)).not.toContain('hunter2');
    }
  });

  it('names no private key that others can read', () => {
    write('client.pem', client.cert);
    const key = write('client-key.pem', client.key);
    const text = 'nodes: [a]\ntls: { cert: client.pem, key: client-key.pem }';
    for (const mode of [0o644, 0o640, 0o604]) {
      chmodSync(key, mode);
      expect(problems(text)).toMatchObject([
        {
          line: 2,
          path: 'tls.key',
          message: '"client-key.pem" can be read by others',
          remedy: `chmod 600 ${key}`,
        },
      ]);
    }
    chmodSync(key, 0o600);
    expect(config(text).tls.key).toBe(client.key);
  });

  it('is not passed over when it is a directory', () => {
    put('home');
    mkdirSync(join(directory, 'plasmatop.yaml'));
    expect(bad()).toMatchObject([{ file: join(directory, 'plasmatop.yaml') }]);
  });

  it('is nowhere: all places are named, and what to do', () => {
    const [problem] = bad({ env: env() });
    for (const place of [places.cwd, places.xdg]) expect(problem?.message).toContain(join(directory, place));
    expect(problem?.message).toContain('/etc/plasmatop/plasmatop.yaml');
    expect(problem?.remedy).toMatch(/--nodes a,b,c.*plasmatop demo/u);
  });
});

describe('flags', () => {
  it('--nodes takes IPv6 addresses', () => {
    const { inventory } = good({ nodes: '::1,fe80::1' });
    expect(inventory.nodes.map(({ name, address }) => [name, address])).toEqual([
      ['::1', '::1'],
      ['fe80::1', 'fe80::1'],
    ]);
  });

  it('--nodes alone is enough', () => {
    const loaded = good({ nodes: 'node01, 10.0.0.2,fd00::1' });
    expect(loaded).not.toHaveProperty('file');
    expect(loaded.cluster).toBe('plasmacloud');
    expect(loaded.inventory.nodes.map(({ name, address, ssh }) => [name, address, ssh])).toEqual([
      ['node01', 'node01', 'node01'],
      ['10.0.0.2', '10.0.0.2', '10.0.0.2'],
      ['fd00::1', 'fd00::1', 'fd00::1'],
    ]);
    expect(loaded.audit.file).toBe(join(directory, 'home/.local/state/plasmatop/audit.jsonl'));
    expect(good({ nodes: 'a', env: { XDG_STATE_HOME: '/state' } }).audit.file).toBe(
      '/state/plasmatop/audit.jsonl',
    );
  });

  it('--nodes picks from the file, adds others, and may stand in for missing nodes', () => {
    write('plasmatop.yaml', 'nodes: [{ name: a, address: 10.0.0.1 }, b]\ntls: { serverName: "{node}.x" }');
    expect(good({ nodes: 'c,a' }).inventory.nodes).toMatchObject([
      { name: 'c', address: 'c', serverName: 'c.x' },
      { name: 'a', address: '10.0.0.1', serverName: 'a.x' },
    ]);
    write('plasmatop.yaml', 'cluster: x');
    expect(good({ nodes: 'c' }).inventory).toMatchObject({ cluster: 'x', nodes: [{ name: 'c' }] });
  });

  it.each([
    ['-oProxyCommand=x', /neither a host name nor an IP address/u],
    ['a b', /neither/u],
    ['a;b', /neither/u],
    ['$(id)', /neither/u],
    ['a\u001b[0m', /neither/u],
    ['a@b', /neither/u],
    ['a,,b', /a name is empty/u],
    ['', /a name is empty/u],
    ['a,b,a', /node a is there twice/u],
  ])('--nodes %j is refused', (nodes, message) => {
    const found = bad({ nodes });
    expect(found[0]?.message).toMatch(message);
    expect(formatProblems(found)).toMatch(/^--nodes: [\x20-\x7e\u00b7]+\n {2}remedy: /u);
  });

  it('override the file, but never lift read-only', () => {
    write('plasmatop.yaml', 'nodes: [a]\nreadOnly: true\nui: { color: true }');
    expect(good({ readOnly: false, insecure: true, ascii: true, color: false })).toMatchObject({
      readOnly: true,
      tls: { insecure: true },
      ui: { ascii: true, color: false },
    });
    expect(good().ui).toMatchObject({ ascii: false, color: true });
    write('plasmatop.yaml', 'nodes: [a]');
    expect(good({ readOnly: true }).readOnly).toBe(true);
  });

  it('--topology is relative to where we are, the file’s to the file', () => {
    const mine = `name: NAME\ntitle: T\nlevels: [{ number: 1, title: a, description: b }]
services: [{ name: s, title: S, level: 1, purpose: p, unit: s.service, type: simple, start: 1s }]`;
    write('here.yaml', mine.replace('NAME', 'here'));
    write('etc/there.yaml', mine.replace('NAME', 'there'));
    write('etc/plasmatop.yaml', 'nodes: [a]\ntopology: there.yaml');
    expect(good({ file: 'etc/plasmatop.yaml' }).topology.name).toBe('there');
    expect(good({ file: 'etc/plasmatop.yaml', topologyFile: 'here.yaml' }).topology.name).toBe('here');
    expect(good({ file: 'etc/plasmatop.yaml', topologyFile: 'plasmacloud' }).topology.name).toBe(
      'plasmacloud',
    );
    expect(
      good({ file: 'etc/plasmatop.yaml', topologyFile: 'here.yaml' }).inventory.nodes[0]?.services,
    ).toEqual(['s']);
    expect(bad({ file: 'etc/plasmatop.yaml', topologyFile: 'nope.yaml' })).toMatchObject([
      { file: '--topology', message: 'topology "nope.yaml" cannot be read: no such file' },
    ]);
    write('here.yaml', mine.replace('NAME', 'here').replace('type: simple', 'type: odd'));
    expect(bad({ nodes: 'a', topologyFile: 'here.yaml' })).toMatchObject([
      { file: join(directory, 'here.yaml'), line: 4 },
    ]);
  });
});

describe('values', () => {
  it('a short interval takes the timeout along', () => {
    expect(config('nodes: [a]\npoll: { interval: 1s }').poll).toMatchObject({
      intervalMs: 1000,
      timeoutMs: 750,
    });
    expect(config('nodes: [a]\npoll: { interval: 500 }').poll).toMatchObject({
      intervalMs: 500,
      timeoutMs: 375,
    });
    expect(config('nodes: [a]\npoll: { interval: 1m }').poll).toMatchObject({
      intervalMs: 60_000,
      timeoutMs: 1500,
    });
  });

  it('services are kept in the order of the topology', () => {
    const [node] = config('nodes: [{ name: a, services: [iam, chainfire] }]').inventory.nodes;
    expect(node?.services).toEqual(['chainfire', 'iam']);
  });

  it('~/ is the home directory', () => {
    expect(config('nodes: [a]\naudit: { file: ~/audit.jsonl }').audit.file).toBe(
      join(directory, 'home/audit.jsonl'),
    );
  });

  it('a node’s own server name wins over the common one', () => {
    const { nodes } = config(
      'nodes: [{ name: a, serverName: "x.{node}" }, b]\ntls: { serverName: common }',
    ).inventory;
    expect(nodes.map(({ serverName }) => serverName)).toEqual(['x.a', 'common']);
  });
});

/** One line each after "nodes: [a]" (or instead of it): the text, path, message, remedy. */
const MISTAKES: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ['pol: { interval: 2s }', 'pol', /unknown key "pol"/u, /did you mean poll\?/u],
  ['poll: { intervall: 2s }', 'poll.intervall', /unknown key "intervall"/u, /did you mean interval\?/u],
  ['zzz: 1', 'zzz', /unknown key/u, /use one of cluster, topology/u],
  ['poll: { interval: 2x }', 'poll.interval', /"2x" is not a duration/u, /2s, 500ms/u],
  ['poll: { interval: 50ms }', 'poll.interval', /too short/u, /at least 100ms/u],
  [
    'poll: { timeout: 2s }',
    'poll.timeout',
    /must be shorter than the interval \(2000 ms, by default\)/u,
    /shorten/u,
  ],
  ['poll: { interval: 1s, timeout: 3s }', 'poll.timeout', /must be shorter/u, /shorten/u],
  ['poll: { fall: 0 }', 'poll.fall', /"0" is not a count/u, /1 to 20/u],
  ['poll: { fall: 21 }', 'poll.fall', /"21" is more looks .* only so many are remembered/u, /1 to 20/u],
  ['poll: { rise: 100 }', 'poll.rise', /"100" is more looks/u, /1 to 20/u],
  ['poll: { rise: 1.5 }', 'poll.rise', /"1.5" is not a count/u, /1 to 20/u],
  ['poll: 2s', 'poll', /must be a block of keys/u, /block/u],
  ['tls: { ca: nope.pem }', 'tls.ca', /"nope.pem" cannot be read: no such file/u, /PEM certificate/u],
  ['tls: { ca: plasmatop.yaml }', 'tls.ca', /holds no PEM certificate/u, /openssl/u],
  ['tls: { ca: . }', 'tls.ca', /it is a directory/u, /PEM certificate/u],
  ['tls: { cert: client.pem }', 'tls.cert', /"cert" without "key"/u, /add "key:"/u],
  ['tls: { key: client-key.pem }', 'tls.key', /"key" without "cert"/u, /add "cert:"/u],
  ['tls: { cert: client.pem, key: client.pem }', 'tls.key', /holds no PEM private key/u, /openssl/u],
  ['tls: { insecure: "yes" }', 'tls.insecure', /must be true or false/u, /true or false/u],
  ['tls: { serverName: "{nod}.x" }', 'tls.serverName', /not a server name/u, /\{node\}/u],
  ['ssh: { config: nope }', 'ssh.config', /cannot be read: no such file/u, /ssh_config/u],
  ['ssh: { user: -x }', 'ssh.user', /not a user name/u, /starting with a letter/u],
  ['ssh: { user: "a b" }', 'ssh.user', /not a user name/u, /letters/u],
  ['ssh: { maxChannels: 11 }', 'ssh.maxChannels', /not a number of channels/u, /1 to 10/u],
  ['actions: { batch: 0 }', 'actions.batch', /not a number of targets/u, /1 to 100/u],
  ['ssh: { connectTimeout: never }', 'ssh.connectTimeout', /not a duration/u, /2s/u],
  [
    'ssh: { options: ["ProxyCommand=nc %h %p"] }',
    'ssh.options[0]',
    /would run code/u,
    /put it in ssh_config/u,
  ],
  ['ssh: { options: ["proxycommand=x"] }', 'ssh.options[0]', /would run code/u, /put it in ssh_config/u],
  ['ssh: { options: ["Port=22", "LocalCommand=x"] }', 'ssh.options[1]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["PermitLocalCommand=yes"] }', 'ssh.options[0]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["KnownHostsCommand=/bin/x"] }', 'ssh.options[0]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["Match=exec x"] }', 'ssh.options[0]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["Include=/tmp/x"] }', 'ssh.options[0]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["PKCS11Provider=/tmp/x.so"] }', 'ssh.options[0]', /would run code/u, /ssh_config/u],
  ['ssh: { options: ["ProxyCommand x"] }', 'ssh.options[0]', /not an ssh option/u, /Key=value/u],
  ['ssh: { options: [" ProxyCommand=x"] }', 'ssh.options[0]', /not an ssh option/u, /Key=value/u],
  ['ssh: { options: ["Port=22\\nProxyCommand=x"] }', 'ssh.options[0]', /not an ssh option/u, /Key=value/u],
  ['ssh: { options: ["User=a\\e[31m"] }', 'ssh.options[0]', /not an ssh option/u, /Key=value/u],
  ['ssh: { options: ["-oProxyCommand=x"] }', 'ssh.options[0]', /not an ssh option/u, /Key=value/u],
  ['ssh: { options: ["ControlPath=/tmp/x"] }', 'ssh.options[0]', /set by plasmatop itself/u, /remove it/u],
  [
    'ssh: { options: ["ProxyJump=-oProxyCommand=x"] }',
    'ssh.options[0]',
    /list of jump hosts/u,
    /ProxyJump=/u,
  ],
  ['ssh: { options: ["ProxyJump=-J"] }', 'ssh.options[0]', /list of jump hosts/u, /ProxyJump=/u],
  ['ssh: { options: ["ProxyJump=a;b"] }', 'ssh.options[0]', /list of jump hosts/u, /ProxyJump=/u],
  ['ui: { color: blue }', 'ui.color', /not a choice of colour/u, /true, false or auto/u],
  ['ui: { ascii: 1 }', 'ui.ascii', /must be true or false/u, /true or false/u],
  ['readOnly: maybe', 'readOnly', /must be true or false/u, /true or false/u],
  ['audit: { maxSize: 10MB }', 'audit.maxSize', /is not a size/u, /10MiB/u],
  ['audit: { maxSize: 100 }', 'audit.maxSize', /is not a size/u, /at least 64KiB/u],
  ['audit: { keep: 0 }', 'audit.keep', /is not a number of files/u, /from 1 to 100/u],
  ['audit: { file: "" }', 'audit.file', /is empty/u, /write a text/u],
  ['cluster: "a\\e]0;x"', 'cluster', /control character/u, /plain text/u],
  ['cluster: 5', 'cluster', /must be text/u, /write text/u],
  ['topology: nope.yaml', 'topology', /"nope.yaml" cannot be read/u, /plasmacloud/u],
];

const NODE_MISTAKES: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ['{ name: -oProxyCommand=x }', 'name', /not a node name/u, /starting with a letter/u],
  ['{ name: "a b" }', 'name', /not a node name/u, /letters/u],
  ['{ name: "a;reboot" }', 'name', /not a node name/u, /letters/u],
  ['{ name: "a$(id)" }', 'name', /not a node name/u, /letters/u],
  ['{ name: "a\\nb" }', 'name', /not a node name/u, /letters/u],
  ['{ name: "a\\e[0m" }', 'name', /not a node name/u, /letters/u],
  ['{ name: a#b }', 'name', /not a node name/u, /letters/u],
  ['{ name: "a@b" }', 'name', /not a node name/u, /letters/u],
  ['{ name: "" }', 'name', /not a node name/u, /letters/u],
  ['{ address: a }', 'name', /"name" is missing/u, /add "name:"/u],
  ['"a b"', 'name', /"a b" is not a node name/u, /letters/u],
  ['7', '', /must be a block of keys and values/u, /block/u],
  ['{ name: "n:1" }', 'name', /"n:1" is no address/u, /add "address:"/u],
  ['{ name: n, adress: x }', 'adress', /unknown key "adress"/u, /did you mean address\?/u],
  ['{ name: n, address: -x }', 'address', /not an address/u, /host name or an IP address/u],
  ['{ name: n, address: "h:22" }', 'address', /not an address/u, /without port/u],
  ['{ name: n, address: "u@h" }', 'address', /not an address/u, /user/u],
  ['{ name: n, address: "h/../x" }', 'address', /not an address/u, /host name/u],
  ['{ name: n, ssh: -x }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, ssh: "-oProxyCommand=x@h" }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, ssh: "u@-h" }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, ssh: "h -p 1" }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, ssh: "h`id`" }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, ssh: true }', 'ssh', /not a name for ssh/u, /ssh_config/u],
  ['{ name: n, services: [chianfire] }', 'services[0]', /no service chianfire/u, /did you mean chainfire\?/u],
  ['{ name: n, services: ["-x"] }', 'services[0]', /not a plain name/u, /lower-case/u],
  ['{ name: n, services: iam }', 'services', /must be a list/u, /list/u],
  ['{ name: n, ports: { 2379: 70000 } }', 'ports.2379', /"70000" is not a port/u, /1 to 65535/u],
  ['{ name: n, ports: { 2379: 0 } }', 'ports.2379', /"0" is not a port/u, /1 to 65535/u],
  ['{ name: n, ports: { x: 1 } }', 'ports.x', /"x" is not a port/u, /2379: 21379/u],
  [
    '{ name: n, ports: { 2378: 1 } }',
    'ports.2378',
    /no service of the topology uses port 2378/u,
    /did you mean 2379\?/u,
  ],
  ['{ name: n, serverName: "a b" }', 'serverName', /not a server name/u, /certificate/u],
];

describe('a mistake is answered with its line and a remedy', () => {
  it.each(MISTAKES)('%s', (text, path, message, remedy) => {
    write('client.pem', client.cert);
    writeKey();
    const found = problems(`# a comment\nnodes: [a]\n${text}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: join(directory, 'plasmatop.yaml'), line: 3, path });
    expect(found[0]?.column).toBeGreaterThanOrEqual(1);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.remedy).toMatch(remedy);
  });

  it.each(NODE_MISTAKES)('%s', (text, path, message, remedy) => {
    const found = problems(`cluster: x\nnodes:\n  - first\n  - ${text}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ line: 4, path: `nodes[1]${path === '' ? '' : `.${path}`}` });
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.remedy).toMatch(remedy);
  });

  it('nodes that are missing, empty or there twice', () => {
    expect(problems('cluster: x')).toMatchObject([{ path: 'nodes', message: '"nodes" is missing' }]);
    expect(problems('nodes: []')).toMatchObject([{ path: 'nodes', message: '"nodes" holds no node' }]);
    expect(problems('nodes:\n  - a\n  - b\n  - name: a\n')).toMatchObject([
      { path: 'nodes[2].name', line: 4, column: 11, message: 'node a is there twice' },
    ]);
  });

  it('all at once, in the order of the lines', () => {
    const found = problems('clustr: x\nnodes:\n  - name: -a\n    adress: b\npoll: { fall: -1 }\nui: 3\n');
    expect(found.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6]);
    expect(
      formatProblems(found)
        .split('\n')
        .filter((line) => line.startsWith('  remedy: ')),
    ).toHaveLength(5);
  });

  it('is printed as file:line:column, harmless whatever the file says', () => {
    const text = formatProblems(problems('nodes: [a]\n"x\\e]52;c;aGk=\\a": 1\n'));
    expect(text).toMatch(/plasmatop\.yaml:2:1: .*unknown key/u);
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/u);
  });
});

describe('whatever is in the file', () => {
  it('it never throws, and a refusal has reasons', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'nodes',
        'name',
        'poll',
        'tls',
        'ssh',
        'ports',
        'ca',
        '- ',
        ': ',
        '\n',
        '  ',
        '[',
        '{',
        '}',
        ']',
        '&a',
        '*a',
        '!!x',
        '|',
        '"',
        '~',
        '1',
        '__proto__',
        '<<',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (parts) => {
        write('plasmatop.yaml', parts.join(''));
        const loaded = loadConfig(options());
        if (!loaded.ok) {
          expect(loaded.problems.length).toBeGreaterThan(0);
          for (const problem of loaded.problems) expect(problem.remedy).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });
});
