import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type NamedNode, nodeOfWord, nodeProblems, nodesOfList } from '../../../src/config/node-sources.ts';
import { isMeant, sshAliases } from '../../../src/config/ssh-aliases.ts';

const bare = ({ name, address }: NamedNode) => (address === undefined ? name : `${name}=${address}`);

describe('a list of hosts', () => {
  it('is read as names, names with addresses, and lines of /etc/hosts', () => {
    const { nodes, left, problems } = nodesOfList(
      [
        '# the rack',
        'node01',
        'node02  10.0.0.12 # new',
        '',
        '127.0.0.1 localhost',
        '::1 ip6-localhost ip6-loopback',
        '10.0.0.13 node03 node03.example\r',
        'fd00::4\tnode04',
        '10.0.0.15',
      ].join('\n'),
      'hosts',
    );
    expect(nodes.map(bare)).toEqual([
      'node01',
      'node02=10.0.0.12',
      'node03=10.0.0.13',
      'node04=fd00::4',
      '10.0.0.15',
    ]);
    expect(left).toEqual(['localhost', 'ip6-localhost']);
    expect(problems).toEqual([]);
    expect(nodeProblems(nodes)).toEqual([]);
    expect(nodes[2]?.from).toEqual({ file: 'hosts', line: 7 });
  });

  it('is refused with the line where it says something else', () => {
    const { problems } = nodesOfList('node01 10.0.0.1 extra\nnode02', 'hosts');
    expect(problems).toMatchObject([{ file: 'hosts', line: 1 }]);
  });
});

describe('nodes named in several ways', () => {
  const words = (...all: string[]) =>
    all.map((word, index) => nodeOfWord(word, { file: `argument ${index + 1}` }));

  it('may not share a name', () => {
    const problems = nodeProblems([...words('a', 'b=1.2.3.4'), ...nodesOfList('x\nb', 'hosts').nodes]);
    expect(problems).toMatchObject([{ file: 'hosts', line: 2, message: 'node b is there twice' }]);
    expect(problems[0]?.remedy).toContain('argument 2');
  });

  it.each([
    ['-oProxyCommand=x', 'node name'],
    ['a b', 'node name'],
    ['$(id)', 'node name'],
    ['a=-x', 'address'],
    ['a=', 'address'],
    ['a=1.2.3.4:22', 'address'],
    ['a:b', 'address'],
  ])('may not be %s', (word, what) => {
    const [problem] = nodeProblems(words(word));
    expect(problem?.file).toBe('argument 1');
    expect(problem?.message).toContain(what);
  });
});

describe('the hosts of an ssh_config', () => {
  const home = mkdtempSync(join(tmpdir(), 'plasmatop-aliases-'));
  const base = join(home, '.ssh');
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const put = (name: string, text: string): string => {
    mkdirSync(join(base, 'conf.d'), { recursive: true });
    writeFileSync(join(base, name), text);
    return join(base, name);
  };

  it('are those of its Host lines and of its Includes, without patterns', () => {
    put('conf.d/b.conf', 'host=prod-b\n  hostname 10.0.0.2\nInclude ~/.ssh/conf.d/b.conf\n');
    put('conf.d/a.conf', 'Host prod-a "prod-quoted" !prod-not *.example\n# Host prod-commented\n');
    put('other', 'Host prod-d\n');
    const file = put(
      'config',
      `HOST prod-first\nInclude conf.d/*.conf "${base}/other" conf.d/absent\n Host * \n`,
    );
    expect(sshAliases({ file, base, home })).toEqual({
      aliases: ['prod-first', 'prod-a', 'prod-quoted', 'prod-b', 'prod-d'],
      unread: [],
    });
  });

  it('are not made up where a file cannot be read', () => {
    const file = join(base, 'conf.d');
    expect(sshAliases({ file, base, home }).unread).toEqual([`${file}: it is a directory`]);
  });

  it('are meant by * and ? alone', () => {
    expect(['prod-a', 'prod-ab', 'xprod-a', 'prod'].filter((alias) => isMeant(alias, 'prod-?'))).toEqual([
      'prod-a',
    ]);
    expect(['n.1', 'nx1'].filter((alias) => isMeant(alias, 'n.*'))).toEqual(['n.1']);
    expect(isMeant('a+b', 'a+b')).toBe(true);
  });
});
