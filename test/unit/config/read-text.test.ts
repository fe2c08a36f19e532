import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText } from '../../../src/config/read-text.ts';

describe('readText', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pt-read-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('reads text, up to its limit', () => {
    const path = join(directory, 'text');
    writeFileSync(path, 'ä'.repeat(512));
    expect(readText(path, 1)).toEqual({ text: 'ä'.repeat(512) });
    writeFileSync(path, `${'ä'.repeat(512)}b`);
    expect(readText(path, 1)).toEqual({ reason: 'it is larger than 1 KiB' });
  });

  it('does not wait for a pipe that nobody writes to', () => {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(readText(path)).toEqual({ reason: 'it is not a regular file' });
  });

  it('says what is no text, and what is not there', () => {
    const path = join(directory, 'binary');
    writeFileSync(path, Buffer.from([65, 0, 66]));
    expect(readText(path)).toEqual({ reason: 'it is not a text file' });
    expect(readText(directory)).toEqual({ reason: 'it is a directory' });
    expect(readText(join(directory, 'nowhere'))).toEqual({ reason: 'no such file' });
    expect(readText(join(path, 'below'))).toEqual({ reason: 'no such file' });
  });
});
