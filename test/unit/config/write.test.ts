/** What `init` writes is taken by the loader as it stands, and so is each part of it that is off, once it is on. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configBlocks } from '../../../src/config/reference.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { configText, type Draft } from '../../../src/config/write.ts';

const from = { file: 'argument 1' };
const draft: Draft = {
  nodes: [
    { name: 'alpha', from },
    { name: 'beta', address: '10.0.0.2', ssh: 'beta', note: 'ssh goes through a jump.', from },
  ],
  values: new Map<string, string | boolean>([
    ['cluster', 'prod: "1" # no comment'],
    ['tls.ca', '/etc/a b.pem'],
    ['readOnly', true],
  ]),
};

/** A block that is off has one more `#` in front of each of its lines. */
const switchedOn = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const off = /^( *)#(?! [^ ])(.*)$/u.exec(line);
      return off === null ? line : `${off[1] ?? ''}${off[2] ?? ''}`;
    })
    .join('\n');

describe('a written configuration', () => {
  const text = configText(draft);

  it('names its schema first, for editors', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=plasmatop.schema.json');
  });

  it('says what was chosen and nothing else', () => {
    expect(parse(text)).toEqual({
      cluster: 'prod: "1" # no comment',
      nodes: ['alpha', { name: 'beta', address: '10.0.0.2', ssh: 'beta' }],
      tls: { ca: '/etc/a b.pem' },
      readOnly: true,
    });
    expect(configSchema.safeParse(parse(text)).error).toBeUndefined();
  });

  it('holds with everything that is off switched on', () => {
    const on: unknown = parse(switchedOn(text));
    expect(configSchema.safeParse(on).error).toBeUndefined();
    const keys = configBlocks().find(({ path }) => path === '')?.keys ?? [];
    const shown = keys.filter((key) => key.kind === 'block' || key.default !== undefined);
    expect(Object.keys(on as object)).toEqual(expect.arrayContaining(shown.map(({ name }) => name)));
    expect(on).toMatchObject({ poll: { interval: '2s', fall: 2 }, audit: { maxSize: '10MiB' } });
  });

  it('stays within the columns of a terminal', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
